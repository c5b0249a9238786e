import AssetSchema
import CommandLine
import Diagnostics
import Digest
import FoundationEssentials
import YAML

/// `reconcile validate`: checks files as `az ml` would, with positions.
struct ValidateCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    /// What was found in one file.
    struct Finding {
        var path: String
        var kind: AssetKind?
        var diagnostics: Diagnostics
        var isAsset: Bool

        /// Whether `az ml` would take the file: what is wrong by our own rules does not count.
        var isTakenByLoader: Bool {
            !diagnostics.contains { $0.severity == .error && $0.origin == .azureML }
        }
    }

    private static let fileLimit = DocumentFolder.fileLimit
    private let reader = AssetReader(documents: DocumentFolder.provider)

    func run() throws -> Int32 {
        var findings: [Finding] = []
        for path in context.invocation.arguments("path") {
            let files = try files(at: path)
            // A file that is named must be an asset; a folder may hold others.
            let isNamed = files == [path]
            findings += files.compactMap { check($0) }.filter { isNamed || $0.isAsset }
        }
        switch context.invocation.value("output") {
        case "json":
            context.console.print(JSONValue.array(findings.map(Self.json)).prettyText)
        default: report(findings)
        }
        return findings.contains { $0.diagnostics.hasErrors } ? 1 : 0
    }

    private func files(at path: String) throws -> [String] {
        var isFolder: Bool = false
        let manager = FileManager.default
        guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("there is no file or folder '\(path)'")
        }
        guard isFolder else { return [path] }
        var files: [String] = []
        for entry in try manager.subpathsOfDirectory(atPath: path) {
            let isYAML = entry.hasSuffix(".yml") || entry.hasSuffix(".yaml")
            if isYAML, !entry.split(separator: "/").contains(".git") { files.append("\(path)/\(entry)") }
        }
        return files.sorted()
    }

    private func check(_ path: String) -> Finding? {
        guard let data = FileManager.default.contents(atPath: path) else {
            return Finding(path: path, kind: nil, diagnostics: [Self.error("cannot be read", path)], isAsset: true)
        }
        guard data.count <= Self.fileLimit else {
            return Finding(path: path, kind: nil, diagnostics: [Self.error("is larger than 4 MB", path)], isAsset: true)
        }
        let bytes = [UInt8](data)
        var duplicates: [YAMLError] = []
        do {
            guard let root = try YAMLReader().document(bytes, duplicates: &duplicates) else {
                return Finding(path: path, kind: nil, diagnostics: [Self.error("is empty", path)], isAsset: false)
            }
            let result = reader.read(root, path: path) { String(decoding: bytes, as: UTF8.self) }
            var diagnostics = result.diagnostics
            for duplicate in duplicates { diagnostics.append(Diagnostic(duplicate, path: path)) }
            guard result.kind != nil else {
                diagnostics.append(Self.foreign(root, path))
                return Finding(path: path, kind: nil, diagnostics: diagnostics, isAsset: false)
            }
            for field in result.pathFields { check(field, &diagnostics) }
            return Finding(path: path, kind: result.kind, diagnostics: diagnostics.unique().sorted(), isAsset: true)
        } catch {
            return Finding(path: path, kind: nil, diagnostics: [Diagnostic(error, path: path)], isAsset: true)
        }
    }

    /// Local paths are relative to the file that names them; the SDK looks for some of them while it loads.
    private func check(_ field: PathField, _ diagnostics: inout Diagnostics) {
        // What the SDK looks for it takes for a path, whatever it looks like.
        let classified = field.isLookedFor ? .local(field.path) : AssetPath(field.path)
        guard case .local(let local) = classified else { return }
        let full = DocumentFolder.path(local, namedIn: field.location.path)
        guard !FileManager.default.fileExists(atPath: full) else { return }
        let code: FindingCode = field.isLookedFor ? .missingFile : .missingContent
        diagnostics.append(
            Diagnostic(
                .error, code: code.rawValue, "there is no '\(field.path)'", at: field.location,
                pointer: field.pointer, hint: "paths are relative to the file that names them"))
    }

    private static func foreign(_ root: Node, _ path: String) -> Diagnostic {
        guard let description = ForeignDocument.description(of: root) else {
            return error("is no Azure ML document", path, hint: "give it a '$schema' or a 'type'")
        }
        return error("is \(description), not an Azure ML document", path)
    }

    private static func error(_ message: String, _ path: String, hint: String? = nil) -> Diagnostic {
        Diagnostic(
            .error, code: FindingCode.notAnAsset.rawValue, message,
            at: SourceLocation(path: path, line: 1, column: 1), hint: hint)
    }

    private func report(_ findings: [Finding]) {
        let renderer = DiagnosticRenderer(usesColor: context.console.output.style.enabled) { path in
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        }
        for finding in findings {
            if finding.diagnostics.isEmpty {
                context.console.print("\(DisplayText.escaped(finding.path)): valid \(finding.kind?.title ?? "")")
            } else {
                context.console.print(renderer.render(finding.diagnostics))
            }
        }
        if findings.isEmpty { context.console.print("No Azure ML documents found.") }
    }

    private static func json(_ finding: Finding) -> JSONValue {
        [
            "path": .string(finding.path), "kind": finding.kind.map { .string($0.rawValue) } ?? .null,
            "valid": .bool(finding.isTakenByLoader),
            "diagnostics": .array(
                finding.diagnostics.map { diagnostic in
                    [
                        "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code),
                        "origin": .string(diagnostic.origin.rawValue),
                        "message": .string(diagnostic.message),
                        "line": diagnostic.location.map { .int(Int64($0.line)) } ?? .null,
                        "column": diagnostic.location.map { .int(Int64($0.column)) } ?? .null,
                        "pointer": diagnostic.pointer.map { .string($0) } ?? .null,
                        "hint": diagnostic.hint.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }
}
