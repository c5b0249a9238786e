internal import CMicrohttpd
internal import Dispatch
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// An HTTP/1.1 server whose handler is an async function.
package final class HTTPServer: Sendable {
    /// Answers one request; cancelled when the client goes away or the server stops.
    package typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    /// PEM texts for TLS.
    package struct TLS: Sendable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Bounds on what clients may do.
    package struct Limits: Sendable {
        /// Connections at the same time; more wait in the kernel's queue.
        package var connections: UInt32 = 256
        /// Seconds without progress after which a connection is closed.
        package var idleSeconds: UInt32 = 75
        /// Bytes of a body kept in memory; a longer one goes to a file.
        package var bodyInMemory = 1 << 20
        /// Where long bodies go while they arrive.
        package var uploadFolder = FileManager.default.temporaryDirectory.path
        /// The longest body for a method and path.
        package var bodyLimit: @Sendable (_ method: String, _ path: String) -> Int64 = { _, _ in 64 << 20 }

        package init() {}
    }

    /// The port it listens on.
    package let port: UInt16
    private let core: ServerCore
    private let daemon: Mutex<Daemon?>

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - host: a numeric address, or a name such as `localhost`.
    ///   - port: 0 takes any free one.
    package static func start(
        host: String = "127.0.0.1", port: UInt16 = 0, tls: TLS? = nil, limits: Limits = Limits(),
        handler: @escaping Handler
    ) throws -> HTTPServer {
        let core = ServerCore(limits: limits, handler: handler)
        let socket = try ListeningSocket.open(host: host, port: port)
        return HTTPServer(
            port: socket.port, core: core, daemon: try Daemon(core: core, socket: socket.descriptor, tls: tls))
    }

    private init(port: UInt16, core: ServerCore, daemon: Daemon) {
        self.port = port
        self.core = core
        self.daemon = Mutex(daemon)
    }

    deinit {
        guard let daemon = daemon.withLock({ $0 }) else { return }
        core.refuseMore()
        core.abortAll()
        daemon.stop()
    }

    /// Stops listening, lets requests finish for a while, then breaks off the rest; returns when all is closed.
    package func stop(grace: Duration = .seconds(5)) async {
        let daemon = daemon.withLock { daemon in
            defer { daemon = nil }
            return daemon
        }
        guard let daemon else { return }
        core.refuseMore()
        daemon.quiesce()
        let core = core
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await core.waitUntilIdle() }
            group.addTask {
                try? await Task.sleep(for: grace)
                core.abortAll()
            }
            await group.next()
            // Whoever is left: idle needs no abort, and after the abort the idle one ends by itself.
            group.cancelAll()
        }
        await withCheckedContinuation { continuation in
            // Joins the daemon's thread, which no task's thread should wait for.
            DispatchQueue.global().async {
                daemon.stop()
                continuation.resume()
            }
        }
    }
}

/// The owner of a running daemon.
struct Daemon: @unchecked Sendable {  // The daemon's functions may be called from any thread.
    private let pointer: OpaquePointer
    private let context: Unmanaged<ServerCore>

    init(core: ServerCore, socket: Int32, tls: HTTPServer.TLS?) throws {
        context = Unmanaged.passRetained(core)
        var configuration = shim_daemon_configuration()
        configuration.listen_socket = socket
        configuration.connection_limit = core.limits.connections
        configuration.connection_timeout_seconds = core.limits.idleSeconds
        configuration.connection_memory = 64 * 1024
        configuration.context = context.toOpaque()
        configuration.target = { context, target, connection in
            guard let context, let target, let connection else { return nil }
            let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
            let exchange = Exchange(target: String(cString: target), connection: connection, core: core)
            return Unmanaged.passRetained(exchange).toOpaque()
        }
        configuration.handle = { _, _, _, method, _, upload, size, box in
            guard let box = box?.pointee, let method, let size else { return .NO }
            return Unmanaged<Exchange>.fromOpaque(box).takeUnretainedValue()
                .advance(method: String(cString: method), upload: upload, size: size)
        }
        configuration.completed = { _, _, box, _ in
            guard let exchange = box?.pointee else { return }
            box?.pointee = nil
            Unmanaged<Exchange>.fromOpaque(exchange).takeRetainedValue().complete()
        }
        let pointer =
            if let tls {
                tls.key.withCString { key in
                    tls.certificate.withCString { certificate in
                        configuration.key = key
                        configuration.certificate = certificate
                        return shim_start_daemon(&configuration)
                    }
                }
            } else {
                shim_start_daemon(&configuration)
            }
        guard let pointer else {
            context.release()
            close(socket)
            throw HTTPServerError(
                code: .daemon,
                message: tls == nil
                    ? "the HTTP server cannot start" : "the HTTPS server cannot start: bad certificate or key")
        }
        self.pointer = pointer
    }

    /// Stops taking connections.
    func quiesce() {
        // "MHD_quiesce_daemon … returns the old listen socket; the caller must close it later".
        let socket = MHD_quiesce_daemon(pointer)
        if socket >= 0 { close(socket) }
    }

    /// Closes every connection and joins the thread; no exchange may be suspended any more.
    func stop() {
        MHD_stop_daemon(pointer)
        context.release()
    }
}
