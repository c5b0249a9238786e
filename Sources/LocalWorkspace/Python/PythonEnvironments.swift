internal import Digest
internal import FoundationEssentials
internal import Glibc
internal import Subprocess
internal import Workspace

/// Builds Python environments from conda files: once per digest, shared by every workspace of the state directory.
package struct PythonEnvironments: Sendable {
    private let layout: StateLayout
    private let environment: [String: String]
    private let curated: CuratedRequirements

    package init(_ layout: StateLayout) {
        self.init(layout, environment: HostEnvironment.all, curated: .shipped)
    }

    init(_ layout: StateLayout, environment: [String: String], curated: CuratedRequirements) {
        self.layout = layout
        self.environment = environment
        self.curated = curated
    }

    /// Gives the environment of a specification, building it when it is not there yet.
    ///
    /// - Parameter log: told what happens, line by line.
    /// - Throws: ``WorkspaceError`` naming what is missing or does not fit.
    package func prepare(
        _ spec: EnvironmentSpec, log: @Sendable (String) -> Void = { _ in }
    ) async throws -> PreparedEnvironment {
        let digest = digest(of: spec)
        try Files.makeFolder("\(layout.python)/envs")
        try Files.makeFolder("\(layout.python)/locks")
        let folder = folder(digest)
        if let ready = complete(folder) { return ready }
        let lock = try await AwaitedLock.take("\(layout.python)/locks/\(digest.prefix(24)).lock")
        defer { lock.release() }
        if let ready = complete(folder) { return ready }
        do {
            return try await build(spec, digest: digest, folder: folder, log: log)
        } catch let error as SubprocessError {
            throw WorkspaceError(
                error.code == .cancelled ? .unavailable : .broken, "the Python environment: \(error.message)")
        }
    }

    /// The environment of a specification if it has been built.
    package func existing(_ spec: EnvironmentSpec) -> PreparedEnvironment? {
        complete(folder(digest(of: spec)))
    }

    /// Where an environment stands, links resolved.
    ///
    /// Its scripts hold its path, so one path must stand for it, however the state directory was reached: another
    /// would take it for one that was moved, and build it anew under those who use it.
    private func folder(_ digest: ContentDigest) -> String {
        var folder = "\(layout.python)/envs"
        if let real = realpath(folder, nil) {
            folder = String(cString: real)
            free(real)
        }
        return "\(folder)/\(digest.prefix(24))"
    }

    private func digest(of spec: EnvironmentSpec) -> ContentDigest {
        // The image plays no part: nothing of it is installed.
        JSONValue.object([
            "conda": spec.conda.map { .string($0) } ?? .null, "python": spec.python.map { .string($0) } ?? .null,
            "strict": .bool(spec.isStrict), "extra": .array(spec.extraRequirements.map { .string($0) }),
            "rules": 1,
        ]).digest
    }

    private func complete(_ folder: String) -> PreparedEnvironment? {
        guard let bytes = try? Files.read("\(folder)/.reconcile-complete.json"),
            let ready = try? JSONDecoder().decode(PreparedEnvironment.self, from: Data(bytes)),
            ready.folder == folder, Executable.find(ready.python) != nil
        else { return nil }
        return ready
    }

    private func build(
        _ spec: EnvironmentSpec, digest: ContentDigest, folder: String, log: @Sendable (String) -> Void
    ) async throws -> PreparedEnvironment {
        var file = try spec.conda.map { try CondaFile(yaml: $0) } ?? CondaFile()
        if spec.conda == nil { file.requirements = CuratedRequirements.base }
        let (interpreter, isSame, note) = try await interpreter(for: spec, file)
        var plan = RequirementPlan(file, isExact: isSame, extra: spec.extraRequirements)
        if let note { plan.changes.insert(note, at: 0) }
        log("Python \(interpreter.version), \(plan.requirements.count) requirements")
        let uv = try await UV.locate(layout, environment: environment)
        let lockPath = "\(layout.python)/locks/\(digest.prefix(24)).txt"
        let pins: String
        if let kept = try? Files.read(lockPath), let change = try? Files.read("\(lockPath).changes") {
            // Built before and lost: the same again, whatever PyPI has now.
            pins = String(decoding: kept, as: UTF8.self)
            plan.changes = String(decoding: change, as: UTF8.self).split(separator: "\n").map(String.init)
            plan.isExact = plan.changes.isEmpty
        } else {
            pins = try await resolve(&plan, spec: spec, interpreter: interpreter, uv: uv)
            try Files.write(Array(plan.changes.joined(separator: "\n").utf8), to: "\(lockPath).changes")
            try Files.write(Array(pins.utf8), to: lockPath)
        }
        for change in plan.changes { log(change) }
        // Whatever stands there was cut short.
        Files.remove(folder)
        let venv = try await uv.run(["venv", "--quiet", "--python", interpreter.path, folder])
        guard venv.status.isSuccess else {
            throw WorkspaceError(.broken, "the Python environment cannot be made: \(venv.errorText.lastLine)")
        }
        let sync = try await uv.run(
            ["pip", "sync", "--quiet", "--python", "\(folder)/bin/python"] + plan.options.flatMap(Self.words) + [
                lockPath
            ])
        guard sync.status.isSuccess else {
            throw WorkspaceError(.unavailable, "the packages cannot be installed: \(sync.errorText.tail(3))")
        }
        let packages = pins.split(separator: "\n").filter {
            !$0.hasPrefix(" ") && !$0.hasPrefix("#") && !$0.hasPrefix("-")
        }
        .map { String($0.prefix { $0 != " " && $0 != ";" }) }
        let ready = PreparedEnvironment(
            folder: folder, pythonVersion: interpreter.version.description, isExact: plan.isExact,
            changes: plan.changes,
            packages: packages)
        try Files.write([UInt8](JSONEncoder().encode(ready)), to: "\(folder)/.reconcile-complete.json")
        return ready
    }

    private func interpreter(
        for spec: EnvironmentSpec, _ file: CondaFile
    ) async throws -> (Interpreters.Found, isSame: Bool, note: String?) {
        let text = spec.python ?? file.python
        let requirement = try text.map { text in
            guard let requirement = PythonRequirement(text) else {
                throw WorkspaceError(.invalid, "'python\(text)' names no version of Python")
            }
            return requirement
        }
        let found = await Interpreters(environment: environment).all()
        guard !found.isEmpty else {
            throw WorkspaceError(
                .broken, "no Python 3 is on this machine; type: apt-get install -y python3 python3-venv")
        }
        let fitting = found.filter { requirement?.allows($0.version) ?? true }
        // Where several will do, the one that most packages have wheels for.
        if let best = PythonVersion("3.11"), let usual = fitting.first(where: { $0.version.minor == best }) {
            return (usual, true, nil)
        }
        let curated = fitting.filter { $0.version >= PythonVersion("3.9") ?? $0.version }
        if let fit = curated.last(where: { $0.version.minor <= PythonVersion("3.12") ?? $0.version }) ?? fitting.first {
            return (fit, true, nil)
        }
        let asked = text ?? ""
        guard !spec.isStrict else {
            throw WorkspaceError(
                .invalid,
                "Python \(asked.drop { "=".contains($0) }) is not on this machine, and the stage asks for exactly that")
        }
        let wanted = requirement?.wanted
        let nearest = found.last { version in wanted.map { version.version >= $0 } ?? false } ?? found.first
        guard let nearest else { throw WorkspaceError(.broken, "no Python 3 is on this machine") }
        return (
            nearest, false,
            "Python \(asked.drop { "=".contains($0) }) is not on this machine; \(nearest.version) instead"
        )
    }

    private func resolve(
        _ plan: inout RequirementPlan, spec: EnvironmentSpec, interpreter: Interpreters.Found, uv: UV
    ) async throws -> String {
        let pins = curated.pins(for: interpreter.version)
        let attempts = plan.isExact ? [plan.constraints(pins), []] : [plan.constraints(pins)]
        var failure = ""
        for constraints in attempts {
            let output = try await compile(plan, constraints: constraints, interpreter: interpreter, uv: uv)
            if output.status.isSuccess { return output.text }
            failure = output.errorText
        }
        guard !spec.isStrict else {
            throw WorkspaceError(.invalid, "the conda file cannot be installed as written: \(failure.tail(3))")
        }
        // Each by itself tells which of them this Python cannot have.
        for requirement in plan.requirements {
            let alone = try await uv.run(
                [
                    "pip", "compile", "--quiet", "--no-deps", "--only-binary", ":all:", "--python", interpreter.path,
                    "-",
                ],
                input: requirement + "\n")
            if !alone.status.isSuccess {
                plan.giveWay(requirement, pins: pins, python: interpreter.version.minor.description)
            }
        }
        plan.isExact = false
        for constraints in [plan.constraints(pins), []] {
            let output = try await compile(plan, constraints: constraints, interpreter: interpreter, uv: uv)
            if output.status.isSuccess { return output.text }
            failure = output.errorText
        }
        throw WorkspaceError(
            .invalid, "the packages of the environment do not fit together: \(failure.tail(4))")
    }

    private func compile(
        _ plan: RequirementPlan, constraints: [String], interpreter: Interpreters.Found, uv: UV
    ) async throws -> Subprocess.Output {
        var arguments = ["pip", "compile", "--quiet", "--no-header", "--no-annotate", "--python", interpreter.path]
        if !plan.isExact { arguments += ["--only-binary", ":all:"] }
        arguments += plan.options.flatMap(Self.words)
        let draft = "\(layout.python)/locks/constraints-\(UInt64.random(in: 0...UInt64.max)).txt"
        try Files.write(Array((constraints.joined(separator: "\n") + "\n").utf8), to: draft)
        defer { Files.remove(draft) }
        return try await uv.run(
            arguments + ["--constraint", draft, "-"], input: plan.requirements.joined(separator: "\n") + "\n")
    }

    /// The options of a pip section that uv takes; files named by others stay unread.
    private static func words(_ option: String) -> [String] {
        let words = option.split(separator: " ", maxSplits: 1).flatMap { $0.split(separator: "=", maxSplits: 1) }
            .map(String.init)
        let known = ["--index-url", "--extra-index-url", "-i", "--find-links", "-f", "--pre"]
        guard let first = words.first, known.contains(first) else { return [] }
        return first == "--pre" ? ["--prerelease", "allow"] : words
    }
}

extension String {
    /// The last lines as one sentence.
    func tail(_ count: Int) -> String {
        split(separator: "\n").suffix(count).map { String($0).trimmed }.joined(separator: " ")
    }
}
