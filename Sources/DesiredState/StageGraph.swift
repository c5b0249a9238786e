internal import Diagnostics

/// Checks what stages say of each other, and puts them into the order of their dependence.
struct StageGraph {
    let findings: Findings

    /// - Parameter stages: Every stage with the findings it is told in; also those whose branch is not there yet.
    func check(_ stages: [(file: StageFile, findings: Findings)]) {
        var first: [String: StageFile] = [:]
        for (file, _) in stages {
            if let earlier = first[file.name.value] {
                findings.error(
                    "duplicate", "two stages are named \"\(file.name.value)\"", at: file.name.location,
                    pointer: "/name",
                    notes: [.init("the first is named here", at: earlier.name.location)])
            } else {
                first[file.name.value] = file
            }
        }
        var releasedBy: [String: StageFile] = [:]
        for (file, own) in stages {
            if let promotes = file.promotes { checkTarget(promotes, "promotes", of: file, first, own) }
            guard let releases = file.releases else { continue }
            checkTarget(releases, "releases", of: file, first, own)
            if let earlier = releasedBy[releases.value] {
                own.error(
                    "duplicate", "\"\(releases.value)\" is released by \(earlier.name.value) already",
                    at: releases.location, pointer: "/releases",
                    notes: [.init("here", at: earlier.releases?.location)])
            } else {
                releasedBy[releases.value] = file
            }
        }
        checkCycles(first)
    }

    private func checkTarget(
        _ target: Located<String>, _ key: String, of file: StageFile, _ stages: [String: StageFile], _ own: Findings
    ) {
        guard let other = stages[target.value] else {
            let names = stages.keys.filter { $0 != file.name.value }.sorted()
            let hint =
                EditDistance.suggestion(for: target.value, among: names).map { "did you mean \"\($0)\"?" }
                ?? (names.isEmpty ? nil : "stages: " + names.joined(separator: ", "))
            own.error(
                "unknown-stage", "no stage is named \"\(target.value)\"", at: target.location, pointer: "/\(key)",
                hint: hint)
            return
        }
        if other.name.value == file.name.value {
            own.error(
                "stage-cycle", "stage \(target.value) can't be what it \(key) itself", at: target.location,
                pointer: "/\(key)")
        } else if other.releases != nil {
            own.error(
                "invalid-value", "\"\(target.value)\" releases another stage and has no content of its own",
                at: target.location, pointer: "/\(key)", hint: other.releases.map { "name \"\($0.value)\" instead" })
        }
    }

    private func checkCycles(_ stages: [String: StageFile]) {
        var done: Set<String> = []
        for start in stages.keys.sorted() where !done.contains(start) {
            var path: [String] = []
            var name: String? = start
            while let current = name, !done.contains(current) {
                if let index = path.firstIndex(of: current) {
                    let cycle = Array(path[index...])
                    if cycle.count > 1, let stage = stages[cycle[0]] {
                        findings.error(
                            "stage-cycle",
                            "stages promote each other in a circle: " + (cycle + [cycle[0]]).joined(separator: " → "),
                            at: stage.promotes?.location ?? stage.source, pointer: "/promotes")
                    }
                    break
                }
                path.append(current)
                name = stages[current]?.promotes?.value
            }
            done.formUnion(path)
        }
    }

    /// A stage after those it promotes, a release stage right after the stage it releases, names where nothing decides.
    static func ordered(_ stages: [StageDiscovery.Found]) -> [StageDiscovery.Found] {
        let byName = Dictionary(stages.map { ($0.file.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        func depth(_ stage: StageFile) -> Int {
            var depth = 0
            var next = stage.promotes?.value
            while let name = next, let stage = byName[name]?.file, depth <= byName.count {
                depth += 1
                next = stage.promotes?.value
            }
            return depth
        }
        func key(_ stage: StageFile) -> (Int, String, Int, String) {
            let base = stage.releases.flatMap { byName[$0.value]?.file } ?? stage
            return (depth(base), base.name.value, stage.releases == nil ? 0 : 1, stage.name.value)
        }
        return stages.sorted { key($0.file) < key($1.file) }
    }
}
