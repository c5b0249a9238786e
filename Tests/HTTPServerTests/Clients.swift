import Foundation

/// A door that tests open, and a count that they wait for.
actor Gate {
    private var isOpen = false
    private var arrived = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var counters: [(Int, CheckedContinuation<Void, Never>)] = []

    func wait() async {
        if !isOpen { await withCheckedContinuation { waiters.append($0) } }
    }

    func open() {
        isOpen = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func count() {
        arrived += 1
        for (wanted, waiter) in counters where arrived >= wanted { waiter.resume() }
        counters.removeAll { arrived >= $0.0 }
    }

    func wait(for wanted: Int) async {
        if arrived < wanted { await withCheckedContinuation { counters.append((wanted, $0)) } }
    }
}

struct CommandFailed: Error {
    let status: Int32
}

func curl(_ arguments: [String]) async throws -> String {
    try await run("curl", ["-sS", "--max-time", "120"] + arguments)
}

func run(_ tool: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    // A thread of its own: the tests' tasks must go on while it reads.
    return try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            if process.terminationStatus == 0 {
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            } else {
                continuation.resume(throwing: CommandFailed(status: process.terminationStatus))
            }
        }
    }
}

/// A TCP connection that says exactly what it is told.
final class RawSocket: Sendable {
    private let descriptor: Int32

    init(port: UInt16, patience: Int = 60) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw CommandFailed(status: errno) }
        var timeout = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            bytes = bytes.dropFirst(sent)
        }
    }

    /// Reads until the text satisfies a condition, or the other side closes.
    func read(until isEnough: @escaping @Sendable (String) -> Bool) async throws -> String {
        // A thread of its own: the server's tasks must go on while it blocks.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.readBlocking(until: isEnough)) }
        }
    }

    private func readBlocking(until isEnough: (String) -> Bool) -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += buffer[..<count]
            let string = String(decoding: text, as: UTF8.self)
            if isEnough(string) { return string }
        }
    }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }
}

func rawRequest(_ port: UInt16, _ text: String) async throws -> String {
    // The daemon keeps a half-sent request open until it times out; a moment is enough here.
    let socket = try RawSocket(port: port, patience: 1)
    try socket.send(text)
    socket.endSending()
    return try await socket.read { _ in false }
}

/// A folder that goes away with its last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "http-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
