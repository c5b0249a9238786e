import Glibc
import Workspace

/// The talk with a running HAProxy over the sockets in its folder: one line out, all of the answer back.
struct ProxySocket: Sendable {
    /// The proxy's folder.
    var directory: String
    /// `admin.sock` of the worker or `master.sock` of the master.
    var name: String

    /// Sends commands separated by `;` and gives the answer.
    ///
    /// - Throws: ``WorkspaceError`` with `unavailable` when nobody listens.
    func ask(_ command: String) throws -> String {
        // A socket's path may have 107 bytes and a state folder's is longer soon: go by an open folder's number.
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw unreachable() }
        defer { close(folder) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw unreachable() }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("/proc/self/fd/\(folder)/\(name)".utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { throw unreachable() }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw unreachable() }
        let line = Array((command + "\n").utf8)
        guard send(descriptor, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else { throw unreachable() }
        shutdown(descriptor, Int32(SHUT_WR))
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while answer.count < 64 << 20 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreachable() }
            if count == 0 { break }
            answer.append(contentsOf: chunk[..<count])
        }
        return String(decoding: answer, as: UTF8.self)
    }

    private func unreachable() -> WorkspaceError {
        WorkspaceError(.unavailable, "the traffic proxy does not answer on its \(name)")
    }
}
