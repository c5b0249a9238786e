internal import Diagnostics
internal import TimeKeeping
internal import YAML

extension StageFile {
    /// One entry of `checks:` as written.
    struct Check: Sendable, Equatable {
        var name: Located<String>
        var command: DesiredCheck.Command
        /// The name of an environment of the project.
        var environment: Located<String>?
        var timeoutSeconds: Int?
        var reports = DesiredCheck.Reports()
        var packages: [String] = []
        /// What it looks at beside the code and its tests.
        var paths: [Located<String>] = []
    }
}

extension StageFileReader {
    /// The checks of a stage; nil when the key is not there, so that the default ones hold.
    func readChecks(_ keys: inout MappingReader) -> [StageFile.Check]? {
        guard let children = keys.children("checks", expected: "a check such as { name: pytest, run: [pytest] }") else {
            return nil
        }
        guard children.count <= Self.checkLimit else {
            findings.error(
                "invalid-value", "there are \(children.count) checks; at most \(Self.checkLimit) are read",
                at: keys.location(of: "checks"), pointer: "/checks")
            return []
        }
        var checks: [StageFile.Check] = []
        for child in children {
            guard let check = read(check: child) else { continue }
            if checks.contains(where: { $0.name.value == check.name.value }) {
                findings.error(
                    "duplicate", "two checks are named \"\(check.name.value)\"", at: check.name.location,
                    pointer: "\(child.pointer)/name")
            } else {
                checks.append(check)
            }
        }
        return checks
    }

    private static let checkLimit = 20
    private static let longest = TimeSpan(seconds: 24 * 3600)

    private func read(check keys: MappingReader) -> StageFile.Check? {
        var keys = keys
        let name = keys.requiredText("name")
        let command = command(&keys)
        let environment = keys.text("environment")
        let timeout = keys.span("timeout", upTo: Self.longest)
        var reports = DesiredCheck.Reports()
        if var child = keys.child("reports", expected: "a mapping with junit and coverage") {
            reports.junit = reportPath("junit", &child)
            reports.coverage = reportPath("coverage", &child)
            child.finish()
        }
        let packages = keys.texts("packages") ?? []
        let paths = keys.texts("paths") ?? []
        keys.finish()
        for package in packages where !isRequirement(package.value) {
            findings.error(
                "invalid-value", "\"\(package.value)\" is no requirement", at: package.location,
                pointer: "\(keys.pointer)/packages", hint: "such as pylint==3.2.7")
        }
        if let timeout, timeout <= .zero {
            findings.error(
                "invalid-value", "a check needs some time", at: keys.location(of: "timeout"),
                pointer: "\(keys.pointer)/timeout")
        }
        guard let name, let command else { return nil }
        guard isCheckName(name.value) else {
            findings.error(
                "invalid-value", "\"\(name.value)\" is no name for a check", at: name.location,
                pointer: "\(keys.pointer)/name",
                hint: "use up to 40 lower-case letters, digits, hyphens, dots and underscores, a letter first")
            return nil
        }
        return StageFile.Check(
            name: name, command: command, environment: environment, timeoutSeconds: timeout.map { Int($0.seconds) },
            reports: reports, packages: packages.map(\.value).filter(isRequirement), paths: paths)
    }

    /// `run:` as a list of arguments or a shell's text.
    private func command(_ keys: inout MappingReader) -> DesiredCheck.Command? {
        guard let node = keys.node("run") else {
            findings.error(
                "missing-key", "missing key \"run\"", at: keys.location, pointer: "\(keys.pointer)/run",
                hint: "a list of arguments, [python, -m, pytest], or the text of a command")
            return nil
        }
        if node.sequence != nil {
            let words = keys.texts("run") ?? []
            guard let program = words.first, !program.value.isEmpty, words.count == node.sequence?.count else {
                if words.isEmpty { keys.wrong(node, "run", "expected a program and its arguments") }
                return nil
            }
            return .arguments(words.map(\.value))
        }
        guard let text = node.text, text.contains(where: { !$0.isWhitespace }) else {
            keys.wrong(node, "run", "expected a list of arguments or a command")
            return nil
        }
        return .script(text)
    }

    private func reportPath(_ key: String, _ keys: inout MappingReader) -> String? {
        guard let path = keys.text(key) else { return nil }
        switch ProjectPath.normalized(path.value, from: "") {
        case .success(let normal) where !normal.isEmpty: return normal
        default:
            findings.error(
                "invalid-value", "\"\(path.value)\" is no path below the project's folder", at: path.location,
                pointer: "\(keys.pointer)/\(key)")
            return nil
        }
    }

    private func isCheckName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (97...122).contains(first), name.utf8.count <= 40 else { return false }
        return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || "-._".utf8.contains($0) }
    }

    /// A name with versions, and nothing that an installer would take for an option or a place.
    private func isRequirement(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic else { return false }
        return text.utf8.count <= 200
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                        || "._-[],=<>!~* ".unicodeScalars.contains(scalar))
            }
    }
}
