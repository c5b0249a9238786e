internal import Digest
internal import Glibc
internal import Subprocess
package import TimeKeeping

/// The right to be the one controller of a project with a state directory; given back when it goes away.
///
/// The kernel keeps the lock and drops it with the process, however that ends. The file's text is for
/// people only.
package final class Lease: Sendable {
    /// Who holds a lease.
    package struct Holder: Hashable, Sendable {
        /// The holding process.
        package let pid: Int32
        /// Since when it holds the lease.
        package let since: Timestamp
    }

    /// Why the lease could not be had.
    package struct Refused: Error, Hashable, Sendable, CustomStringConvertible {
        /// Who holds it, as far as its file tells.
        package let holder: Holder?
        /// One sentence for a person.
        package let message: String
        package var description: String { message }
    }

    private let file: FileDescriptor

    /// Takes the lease, or says who has it.
    ///
    /// - Parameters:
    ///   - stateDirectory: Where this controller keeps its state.
    ///   - source: The project.
    ///   - now: What is told to others as the beginning.
    package init(stateDirectory: String, source: ProjectSource, now: Timestamp) throws(Refused) {
        let folder = "\(stateDirectory)/leases"
        let path = "\(folder)/\(source.identifier).lock"
        do throws(SubprocessError) {
            try makeFolders(folder)
            file = try FileDescriptor.open(path, O_RDWR | O_CREAT)
        } catch {
            throw Refused(holder: nil, message: "cannot keep other controllers away: \(error.message)")
        }
        guard file.tryLock() else {
            let holder = Self.readHolder(file.number)
            let who = holder.map { " (process \($0.pid), since \($0.since))" } ?? ""
            throw Refused(
                holder: holder,
                message: "another reconcile\(who) is working on \(source.name) with the state in \(stateDirectory); "
                    + "wait for it, stop it, or use another --state-dir")
        }
        let text = JSONValue.object(["pid": .int(Int64(getpid())), "since": .string(now.description)]).canonicalBytes
        // Failing to note who holds it takes nothing from the lock.
        if ftruncate(file.number, 0) == 0 { _ = pwrite(file.number, text, text.count, 0) }
    }

    deinit {
        file.unlock()
    }

    private static func readHolder(_ number: Int32) -> Holder? {
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = pread(number, &bytes, bytes.count, 0)
        guard count > 0, let text = try? JSONParser.parse(Array(bytes.prefix(count))),
            let pid = text["pid"]?.intValue.flatMap({ Int32(exactly: $0) }),
            let since = text["since"]?.stringValue.flatMap({ Timestamp($0) })
        else { return nil }
        return Holder(pid: pid, since: since)
    }
}

/// Makes a folder and those it lies in, for their owner only.
func makeFolders(_ path: String) throws(SubprocessError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
        made += "/\(part)"
        if mkdir(made, 0o700) != 0, errno != EEXIST {
            let reason = String(cString: strerror(errno))
            throw SubprocessError(code: .systemFailure, message: "cannot make the folder \(made): \(reason)")
        }
    }
}
