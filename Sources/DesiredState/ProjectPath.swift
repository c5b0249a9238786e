internal import Diagnostics

/// Paths of a project: relative to a file's folder as Azure's tools read them, never leading out of the repository.
///
/// What lies in the repository but outside of the project's folder has a path that begins with `../`.
enum ProjectPath {
    /// The folder of a file, empty for the project itself.
    static func folder(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
    }

    /// The last part of a path.
    static func name(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    enum Failure: Error {
        case absolute
        case outside
        case unprintable
    }

    /// The path with `.` and `..` taken out.
    static func normalized(_ text: String, from folder: String) -> Result<String, Failure> {
        if isPlain(text) { return .success(folder.isEmpty ? text : "\(folder)/\(text)") }
        if text.hasPrefix("/") || text.hasPrefix("~") { return .failure(.absolute) }
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return .failure(.unprintable) }
        var parts = folder.split(separator: "/")
        // Azure's tools run on Windows too; a backslash there is a slash, and never part of a name.
        for part in text.split(whereSeparator: { $0 == "/" || $0 == "\\" }) {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return .failure(.outside) }
            default: parts.append(part)
            }
        }
        return .success(parts.joined(separator: "/"))
    }

    /// Whether a text is just the name of something in the folder, as most paths are.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "~") else { return false }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
    }

    /// A path of the repository as a project in a folder of it names it.
    static func relative(_ path: String, to project: String) -> String {
        let parts = path.split(separator: "/")
        let own = project.split(separator: "/")
        let shared = zip(parts, own).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: own.count - shared) + parts.dropFirst(shared)).joined(separator: "/")
    }

    /// The path that a text means to a project in a folder of the repository.
    private static func normalized(_ text: String, from folder: String, in project: String) -> Result<String, Failure> {
        guard !project.isEmpty else { return normalized(text, from: folder) }
        return normalized(folder, from: project).flatMap { normalized(text, from: $0) }.map {
            relative($0, to: project)
        }
    }

    /// The path a text means, or nil with an error told; whether something is there is not asked.
    static func resolve(
        _ text: String, from folder: String, at location: SourceLocation, pointer: String? = nil, tree: ProjectTree,
        findings: Findings
    ) -> String? {
        switch normalized(text, from: folder, in: tree.folder) {
        case .success(let path): return path
        case .failure(.absolute):
            findings.error(
                "path-outside", "\"\(text)\" is an absolute path; a project only knows its own files", at: location,
                pointer: pointer, hint: "write it relative to this file")
        case .failure(.outside):
            findings.error(
                "path-outside", "\"\(text)\" leads out of the \(tree.folder.isEmpty ? "project" : "repository")",
                at: location, pointer: pointer)
        case .failure(.unprintable):
            findings.error(
                "path-outside", "the path has a control character", at: location, pointer: pointer)
        }
        return nil
    }

    /// What to say of a path that nothing is at.
    static func missing(
        _ path: String, as text: String? = nil, at location: SourceLocation, pointer: String? = nil, tree: ProjectTree
    ) -> Diagnostic {
        let written = text ?? path
        var hint = suggestion(for: path, tree: tree).map { "did you mean \"\($0)\"?" }
        if written != path, hint == nil { hint = "looked for \(path)" }
        return .error(
            "missing-file", "no file or folder \"\(written)\"", at: location, pointer: pointer, hint: hint)
    }

    /// A path that exists and differs by a slip in its last part, or whose last part stands in another folder.
    private static func suggestion(for path: String, tree: ProjectTree) -> String? {
        let parent = folder(of: path)
        var names: [String] = []
        for file in tree.files(below: parent) {
            let rest = parent.isEmpty ? file.path[...] : file.path.dropFirst(parent.count + 1)
            let name = String(rest.prefix { $0 != "/" })
            if names.last != name { names.append(name) }
            if names.count >= 1000 { break }
        }
        if let near = EditDistance.suggestion(for: name(of: path), among: names) {
            return parent.isEmpty ? near : "\(parent)/\(near)"
        }
        let wanted = "/" + name(of: path)
        let elsewhere = tree.files.lazy.filter { ("/" + $0.path).hasSuffix(wanted) }.prefix(2)
        return elsewhere.count == 1 ? elsewhere.first?.path : nil
    }
}
