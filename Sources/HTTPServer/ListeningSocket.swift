internal import Glibc

/// A socket that listens; made by us so that a taken port is a clear error and port 0 has a known number.
enum ListeningSocket {
    static func open(host: String, port: UInt16) throws(HTTPServerError) -> (descriptor: Int32, port: UInt16) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = list else {
            throw HTTPServerError(code: .address, message: "\(host): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        let address = first.pointee
        let descriptor = socket(address.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(host, port) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, 511) == 0 else {
            let error = failure(host, port)
            close(descriptor)
            throw error
        }
        return (descriptor, boundPort(descriptor))
    }

    private static func failure(_ host: String, _ port: UInt16) -> HTTPServerError {
        let number = errno
        return HTTPServerError(
            code: number == EADDRINUSE ? .portTaken : .address,
            message: "cannot listen on \(host):\(port): \(String(cString: strerror(number)))")
    }

    private static func boundPort(_ descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            guard getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0 else { return 0 }
            // The port stands at the same place in the addresses of both families.
            return UInt16(bigEndian: base.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        }
    }
}
