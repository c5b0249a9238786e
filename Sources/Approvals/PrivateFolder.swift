import FoundationEssentials
import Glibc

/// A folder that nobody else can read, and that is gone with its owner.
struct PrivateFolder: ~Copyable {
    let path: String

    init() throws(VerificationError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/reconcile-XXXXXX".utf8CString)
        // mkdtemp(3): the folder "is then created with permissions 0700".
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw VerificationError("cannot make a temporary folder in \(parent)") }
        path = made
    }

    /// Writes a file and returns its path.
    func write(_ name: String, _ bytes: [UInt8]) throws(VerificationError) -> String {
        let file = "\(path)/\(name)"
        do {
            try Data(bytes).write(to: URL(filePath: file))
        } catch {
            throw VerificationError("cannot write the temporary file \(file)")
        }
        return file
    }

    deinit {
        // What is left over lies in the system's temporary folder and holds nothing secret.
        try? FileManager.default.removeItem(atPath: path)
    }
}
