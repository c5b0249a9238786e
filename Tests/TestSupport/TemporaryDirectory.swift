internal import Foundation

/// A folder that exists as long as its owner, for tests that need real files.
package final class TemporaryDirectory: Sendable {
    /// Absolute path, symlinks resolved.
    package let path: String

    /// Makes a new empty folder under the system's temporary folder.
    package init() throws {
        let template = NSTemporaryDirectory() + "/reconcile-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: template, withIntermediateDirectories: true)
        path = URL(fileURLWithPath: template).resolvingSymlinksInPath().path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The absolute path of something in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and the folders it needs.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let url = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// Removes a file or a folder.
    package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

    /// Moves a file or a folder.
    package func rename(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: file(name), toPath: file(other))
    }

    /// Reads a file as text.
    package func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file(name))), as: UTF8.self)
    }
}
