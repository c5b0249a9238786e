internal import Digest
internal import FoundationEssentials
internal import Glibc

/// The file `trust.json` of the state folder: what was seen of which branch.
///
/// A file that cannot be read closes gates; it is never taken for an empty one, for then breaking it would be enough
/// to have everything trusted anew.
package struct TrustStore: Sendable {
    /// The path of the file.
    package let path: String

    private static let formatVersion: JSONValue = 1

    /// The store in a state folder.
    package init(folder: String) { path = "\(folder)/trust.json" }

    /// What is remembered of a branch; nil before its first sight.
    package func entry(project: String, branch: String) throws(TrustStoreError) -> TrustEntry? {
        try read()[Self.key(project, branch)]
    }

    /// What is remembered of all branches of a project.
    package func entries(project: String) throws(TrustStoreError) -> [String: TrustEntry] {
        let prefix = "\(project)#"
        let own = try read().filter { $0.key.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: own.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    /// Remembers what was seen of a branch.
    ///
    /// The file is changed under a lock and replaced as a whole, so that neither a crash nor a second controller
    /// loses what was known of other branches.
    package func remember(_ entry: TrustEntry, project: String, branch: String) throws(TrustStoreError) {
        let lock = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            if lock >= 0 { close(lock) }
            throw TrustStoreError("cannot lock \(path): \(Self.systemReason)")
        }
        defer { close(lock) }
        var entries = try read()
        guard entries[Self.key(project, branch)] != entry else { return }
        entries[Self.key(project, branch)] = entry
        let branches = entries.mapValues { entry -> JSONValue in
            [
                "pinned": .string(entry.pinned), "trusted": .string(entry.trusted), "seen": .string(entry.seen),
                "gates": .array(entry.gates.map { .string($0.description) }),
            ]
        }
        let file: JSONValue = ["format_version": Self.formatVersion, "branches": .object(branches)]
        try replace(with: file.canonicalBytes + [UInt8(ascii: "\n")])
    }

    private static func key(_ project: String, _ branch: String) -> String { "\(project)#\(branch)" }

    private static var systemReason: String {
        let number = errno
        // glibc keeps strerror's buffer per thread since 2.32.
        return strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }

    private func read() throws(TrustStoreError) -> [String: TrustEntry] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return [:] }
            throw TrustStoreError("cannot read \(path): \(Self.systemReason)")
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)), let file = try? JSONParser.parse(Array(data)),
            file["format_version"] == Self.formatVersion, let branches = file["branches"]?.objectValue
        else { throw TrustStoreError("\(path) is damaged; restore it, or delete it to trust all branches anew") }
        var result: [String: TrustEntry] = [:]
        for (key, value) in branches {
            guard let pinned = value["pinned"]?.stringValue, let trusted = value["trusted"]?.stringValue,
                let seen = value["seen"]?.stringValue, let names = value["gates"]?.arrayValue
            else { throw TrustStoreError("\(path) is damaged at \"\(key)\"") }
            let gates = names.compactMap { $0.stringValue.flatMap { GateName($0) } }
            guard gates.count == names.count else { throw TrustStoreError("\(path) is damaged at \"\(key)\"") }
            result[key] = TrustEntry(pinned: pinned, trusted: trusted, seen: seen, gates: gates)
        }
        return result
    }

    private func replace(with bytes: [UInt8]) throws(TrustStoreError) {
        var template = Array("\(path).XXXXXX".utf8CString)
        // mkstemp(3): "The file is created with permissions 0600".
        let (file, name) = template.withUnsafeMutableBufferPointer { buffer -> (Int32, String) in
            guard let base = buffer.baseAddress else { return (-1, "") }
            let file = mkstemp(base)
            return (file, String(cString: base))
        }
        guard file >= 0 else { throw TrustStoreError("cannot write beside \(path): \(Self.systemReason)") }
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            done += count
        }
        let isWritten = done == bytes.count && fsync(file) == 0
        close(file)
        guard isWritten, rename(name, path) == 0 else {
            unlink(name)
            throw TrustStoreError("cannot write \(path): \(Self.systemReason)")
        }
    }
}

/// Why what was seen could not be read or remembered.
package struct TrustStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for a person.
    package let message: String

    package var description: String { message }

    init(_ message: String) { self.message = message }
}
