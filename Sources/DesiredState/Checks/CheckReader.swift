internal import AssetSchema
internal import Diagnostics
internal import Digest
internal import Git

/// Makes a stage's checks: those that its file lists, else the default ones where there is something to check.
///
/// The default ones hold for a stage that promotes no other, when a training job runs Python code: flake8 on the code, and
/// pytest with coverage where test files stand in the code's folder or in a `tests` folder beside it or above.
struct CheckReader {
    let file: StageFile
    let tree: ProjectTree
    let assets: [DesiredAsset]
    /// What asks for another run of unchanged inputs.
    let trigger: ContentDigest?
    let findings: Findings

    /// Packages that every check finds, whatever the training environment holds; its own versions win.
    private static let tools = ["flake8==7.1.1", "pytest==8.3.4", "pytest-cov==5.0.0"]
    /// Files that say how tools check, wherever they stand on the way to the code.
    private static let settings: Set<String> = [
        ".flake8", "setup.cfg", "tox.ini", "pytest.ini", "pyproject.toml", ".coveragerc", "conftest.py", ".pylintrc",
        "mypy.ini", "ruff.toml",
    ]
    /// Larger projects are not written out whole for a check.
    private static let fileLimit = 20_000

    func read() -> [DesiredCheck] {
        guard file.releases == nil, !assets.isEmpty else { return [] }
        guard let written = file.checks else { return file.promotes == nil ? defaults() : [] }
        guard !written.isEmpty else { return [] }
        var scope = Scope(jobs: assets, tree: tree)
        scope.whole = whole()
        return written.compactMap { make($0, scope) }
    }

    // MARK: - As the stage file says

    private func make(_ check: StageFile.Check, _ scope: Scope) -> DesiredCheck? {
        var environment = training
        if let name = check.environment {
            let known = assets.filter { $0.kind == .environment }
            let bare = AssetReference(name.value)?.name ?? name.value
            guard let asset = known.first(where: { $0.definition.name == bare }) else {
                let names = known.map(\.definition.name)
                findings.error(
                    "unresolved-reference", "no environment of this project is named \"\(name.value)\"",
                    at: name.location, pointer: "/checks/environment",
                    hint: EditDistance.suggestion(for: bare, among: names).map { "did you mean \"\($0)\"?" }
                        ?? (names.isEmpty ? nil : "environments: " + names.sorted().joined(separator: ", ")))
                return nil
            }
            environment = Environment(asset: asset)
        }
        guard let environment else {
            findings.error(
                "missing-key", "no training job says in which environment \"\(check.name.value)\" runs",
                at: check.name.location, pointer: "/checks/environment",
                hint: "name an environment of the project: environment: NAME")
            return nil
        }
        var scope = scope
        for path in check.paths {
            guard
                let resolved = ProjectPath.resolve(
                    path.value, from: "", at: path.location, pointer: "/checks/paths", tree: tree, findings: findings)
            else { continue }
            guard resolved.isEmpty || tree.file(resolved) != nil || tree.isFolder(resolved) else {
                findings.append(ProjectPath.missing(resolved, as: path.value, at: path.location, tree: tree))
                continue
            }
            scope.folders.append(resolved)
        }
        return make(
            check.name.value, check.command, environment, scope, reports: check.reports,
            timeout: check.timeoutSeconds, packages: check.packages, source: check.name.location)
    }

    // MARK: - By default

    private func defaults() -> [DesiredCheck] {
        guard let environment = training else { return [] }
        var scope = Scope(jobs: assets, tree: tree)
        let code = scope.code.filter { folder in
            tree.files(below: folder == "." ? "" : folder).contains { $0.path.hasSuffix(".py") }
        }
        guard !code.isEmpty else { return [] }
        scope.whole = whole()
        var lint = ["python", "-m", "flake8"]
        if let settings = lintSettings(above: code) {
            lint += ["--config", settings]
        } else {
            // Without a word about style only what cannot work counts.
            lint.append("--select=E9,F63,F7,F82")
        }
        // An assumed stage's belong into its file, which `init` writes.
        let source =
            file.isAssumed
            ? SourceLocation(path: "\(StageDiscovery.folder)/\(file.name.value).yml") : file.source
        var checks = [make("flake8", .arguments(lint + code), environment, scope, source: source)]
        if !scope.tests.isEmpty {
            let reports = DesiredCheck.Reports(junit: "reports/pytest.xml", coverage: "reports/coverage.xml")
            let arguments =
                ["python", "-m", "pytest"] + scope.tests + ["--junitxml=reports/pytest.xml"]
                + code.map { "--cov=\($0)" } + ["--cov-report=xml:reports/coverage.xml", "--cov-report=term"]
            // Status 5: there is nothing to run in the files.
            checks.append(
                make(
                    "pytest", .arguments(arguments), environment, scope, reports: reports, accepted: [5],
                    source: source))
        }
        return checks
    }

    /// The flake8 settings nearest to the code, if there are any.
    private func lintSettings(above code: [String]) -> String? {
        for folder in Scope.ancestors(of: code[0]) {
            let place = folder.isEmpty ? "" : folder + "/"
            if tree.file(place + ".flake8")?.kind.isFile == true { return place + ".flake8" }
            for name in ["setup.cfg", "tox.ini"] {
                guard let file = tree.file(place + name), file.kind.isFile,
                    let bytes = try? tree.read(file, limit: 1 << 20)
                else { continue }
                if String(decoding: bytes, as: UTF8.self).contains("[flake8]") { return place + name }
            }
        }
        return nil
    }

    // MARK: - Both

    /// An environment as a job names it.
    private struct Environment {
        var value: JSONValue
        var content: [String: ContentTree] = [:]
        var name: String?
        var compute: JSONValue?
        var digest: ContentDigest

        /// An environment of the project, written out on the spot so that nothing must be registered before.
        init(asset: DesiredAsset) {
            let fields = (asset.definition.fields.objectValue ?? [:]).filter {
                !ResourceDefinition.metadataFields.contains($0.key)
            }
            value = .object(fields)
            content = Dictionary(
                asset.content.map { ("environment.\($0.key)", $0.value) }, uniquingKeysWith: { first, _ in first })
            name = asset.definition.name
            digest = asset.digest
        }

        init(value: JSONValue, content: [String: ContentTree]) {
            self.value = value
            self.content = content
            digest = ContentDigest(
                of: "\(value.digest) "
                    + content.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.digest)" }.joined(separator: " "))
        }
    }

    /// The environment of the first training job that has one; a pipeline's is its first step's.
    private var training: Environment? {
        let jobs = assets.filter { $0.kind.isJob } + assets.filter { $0.kind == .component }
        for job in jobs {
            let prefixes =
                [""] + (job.definition.fields["jobs"]?.objectValue ?? [:]).keys.sorted().map { "jobs.\($0)." }
            for place in prefixes.flatMap({ [$0, "\($0)component.", "\($0)trial."] }) {
                let field = "\(place)environment"
                if let key = job.references[field], let asset = assets.first(where: { $0.key == key }) {
                    var environment = Environment(asset: asset)
                    environment.compute = job.definition.fields["compute"]
                    return environment
                }
                guard let value = job.definition.fields.value(at: field), !value.isNull else { continue }
                let files = job.content.filter { $0.key.hasPrefix(field + ".") }.map {
                    ("environment." + $0.key.dropFirst(field.count + 1), $0.value)
                }
                var environment = Environment(value: value, content: Dictionary(uniqueKeysWithValues: files))
                environment.compute = job.definition.fields["compute"]
                return environment
            }
        }
        return nil
    }

    private func make(
        _ name: String, _ command: DesiredCheck.Command, _ environment: Environment, _ scope: Scope,
        reports: DesiredCheck.Reports = .init(), accepted: [Int] = [], timeout: Int? = nil, packages: [String] = [],
        source: SourceLocation
    ) -> DesiredCheck {
        let deciding = entries { path in
            scope.holds(path) || Self.settings.contains(ProjectPath.name(of: path))
        }
        let words: JSONValue
        switch command {
        case .arguments(let arguments): words = .array(arguments.map { .string($0) })
        case .script(let text): words = .string(text)
        }
        let packages = Self.tools + packages
        var definition: JSONValue = [
            "name": .string(name), "run": words, "environment": .string(environment.digest.description),
            "packages": .array(packages.map { .string($0) }),
            "files": .string(ContentTree(entries: deciding, isFile: false).digest.description),
            "accepted": .array(accepted.map { .int(Int64($0)) }),
        ]
        definition["junit"] = reports.junit.map { .string($0) }
        definition["coverage"] = reports.coverage.map { .string($0) }
        definition["trigger"] = trigger.map { .string($0.description) }
        return DesiredCheck(
            name: name, command: command, timeoutSeconds: timeout ?? 1800, reports: reports,
            acceptedStatuses: accepted, environment: environment.value, environmentContent: environment.content,
            environmentName: environment.name, packages: packages, compute: environment.compute,
            code: scope.whole ?? ContentTree(entries: deciding, isFile: false), codeFolders: scope.code,
            key: definition.digest,
            source: source)
    }

    /// All files of the project, named once for all checks; nil where there are too many to write out.
    private func whole() -> ContentTree? {
        tree.files.count <= Self.fileLimit ? ContentTree(entries: entries { _ in true }, isFile: false) : nil
    }

    private func entries(where isWanted: (String) -> Bool) -> [ContentEntry] {
        // Links are left out: what they lead to may lie anywhere.
        tree.files.filter { $0.kind.isFile && isWanted($0.path) }.map { file in
            ContentEntry(path: file.path, isExecutable: file.kind == .executable, blob: file.id.description)
        }
    }
}

extension CheckReader {
    /// The folders that a project's checks look at.
    struct Scope {
        /// Folders of code that jobs run.
        var code: [String]
        /// Folders that hold test files.
        var tests: [String]
        /// All folders and files whose change asks for a new run.
        var folders: [String]
        /// The whole project, as far as it is written out for a check.
        var whole: ContentTree?

        init(jobs assets: [DesiredAsset], tree: ProjectTree) {
            let fields = assets.filter { $0.kind.isJob || $0.kind == .component }.flatMap { asset in
                asset.contentPaths.filter { $0.key == "code" || $0.key.hasSuffix(".code") }.map(\.value)
            }
            var code = Set(fields.map { tree.file($0) == nil ? $0 : ProjectPath.folder(of: $0) })
            // A folder in another is seen with it.
            code = code.filter { folder in
                !code.contains { $0 != folder && ($0.isEmpty || folder.hasPrefix($0 + "/")) }
            }
            self.code = code.sorted().map { $0.isEmpty ? "." : $0 }
            var tests: Set<String> = []
            for folder in code {
                if let found = Self.tests(of: folder, in: tree) { tests.insert(found.isEmpty ? "." : found) }
            }
            self.tests = tests.sorted()
            folders = code.sorted() + tests.map { $0 == "." ? "" : $0 }
        }

        /// Whether a path is in one of the folders.
        func holds(_ path: String) -> Bool {
            folders.contains { $0.isEmpty || path == $0 || path.hasPrefix($0 + "/") }
        }

        /// The folder with the test files of some code: the code's own, else `tests` beside it or further up.
        private static func tests(of code: String, in tree: ProjectTree) -> String? {
            let around = ancestors(of: code).flatMap { folder in
                ["tests", "test"].map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
            }
            return ([code] + around).first { folder in
                tree.files(below: folder).contains { isTest(ProjectPath.name(of: $0.path)) && $0.kind.isFile }
            }
        }

        /// A folder and those above it, the nearest first, the project's own last.
        static func ancestors(of folder: String) -> [String] {
            var found: [String] = []
            var folder = folder == "." ? "" : folder
            while !folder.isEmpty {
                found.append(folder)
                folder = ProjectPath.folder(of: folder)
            }
            return found + [""]
        }

        private static func isTest(_ name: String) -> Bool {
            name.hasSuffix(".py") && (name.hasPrefix("test_") || name.hasSuffix("_test.py"))
        }
    }
}
