import AssetSchema
import Diagnostics
import FoundationEssentials
import YAML

/// Reads the documents that a validated file includes from the disk.
enum DocumentFolder {
    /// A document larger than this is none that a person wrote.
    static let fileLimit = 4 << 20

    static let provider = DocumentProvider { path, file in
        let full = Self.path(path, namedIn: file)
        var isFolder = false
        guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder else { return .missing }
        func unreadable(_ message: String) -> DocumentProvider.Outcome {
            .unreadable(
                Diagnostic(
                    .error, code: "unreadable-file", message, at: SourceLocation(path: full, line: 1, column: 1)))
        }
        guard let data = FileManager.default.contents(atPath: full) else { return unreadable("cannot be read") }
        guard data.count <= fileLimit else { return unreadable("is larger than 4 MB") }
        let bytes = [UInt8](data)
        do throws(YAMLError) {
            guard let root = try YAMLReader().document(bytes) else { return .empty }
            return .document(root, path: full) { String(decoding: bytes, as: UTF8.self) }
        } catch {
            return .unreadable(Diagnostic(error, path: full))
        }
    }

    /// A path as written in a file, from where the command was called; `..` takes the folder before it away.
    static func path(_ path: String, namedIn file: String) -> String {
        let folder = path.hasPrefix("/") ? "" : file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        var parts: [Substring] = []
        let whole = folder + path
        for part in whole.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
