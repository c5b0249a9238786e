internal import CLinux
internal import Glibc

/// Names one process for good: a number alone is given to others later.
package struct ProcessIdentity: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The process' number.
    package let pid: Int32
    /// When it started, in clock ticks since boot.
    package let startTime: UInt64
    /// Which boot of the machine that was.
    package let bootID: String

    /// Makes an identity from its parts, as they were stored.
    package init(pid: Int32, startTime: UInt64, bootID: String) {
        self.pid = pid
        self.startTime = startTime
        self.bootID = bootID
    }

    /// The identity of a process that exists now, a zombie included.
    package init?(of pid: Int32) {
        guard let record = ProcessRecord.read(pid), let bootID = Self.currentBootID else { return nil }
        self.init(pid: pid, startTime: record.startTime, bootID: bootID)
    }

    /// This process itself.
    package static var current: ProcessIdentity? { ProcessIdentity(of: getpid()) }

    package var description: String { "process \(pid)" }

    /// True while that very process runs; a zombie is dead.
    package var isAlive: Bool {
        guard let record = ownRecord else { return false }
        return record.isRunning
    }

    /// Sends a signal to that very process, never to a later one with its number.
    ///
    /// - Returns: False when it is dead or not ours to signal.
    @discardableResult
    package func signal(_ signal: Int32) -> Bool {
        let descriptor = FileDescriptor.process(pid)
        // In this order: the descriptor holds on to whoever has the number now, and only then is it
        // looked at who that is.
        guard isAlive else { return false }
        if descriptor.number >= 0 { return linux_pidfd_send_signal(descriptor.number, signal) == 0 }
        return kill(pid, signal) == 0
    }

    /// Sends a signal to the group that this process leads, as one started by `DetachedProcess` does.
    ///
    /// - Returns: False when the leader is dead and reaped, leads no group, or is not ours to signal.
    @discardableResult
    package func signalGroup(_ signal: Int32) -> Bool {
        // A number in use as a group's is not given out again, so that a member's check suffices.
        guard let record = ownRecord, record.group == pid else { return false }
        return kill(-pid, signal) == 0
    }

    private var ownRecord: ProcessRecord? {
        guard pid > 1, bootID == Self.currentBootID, let record = ProcessRecord.read(pid),
            record.startTime == startTime
        else { return nil }
        return record
    }

    static let currentBootID: String? = readSmallFile("/proc/sys/kernel/random/boot_id").map {
        String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self)
    }
}

/// The fields of /proc/<pid>/stat that tell who a process is.
struct ProcessRecord {
    let state: UInt8
    let group: Int32
    let startTime: UInt64

    var isRunning: Bool { ![UInt8(ascii: "Z"), UInt8(ascii: "X"), UInt8(ascii: "x")].contains(state) }

    static func read(_ pid: Int32) -> ProcessRecord? {
        guard pid > 0, let bytes = readSmallFile("/proc/\(pid)/stat") else { return nil }
        return parse(bytes)
    }

    /// proc(5): the second field, the program's name, may itself hold spaces and parentheses.
    static func parse(_ bytes: [UInt8]) -> ProcessRecord? {
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        // Field 3 of the manual comes first here, so field 22 stands at 19.
        guard fields.count > 19, let state = fields[0].first,
            let group = Int32(String(decoding: fields[2], as: UTF8.self)),
            let startTime = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        return ProcessRecord(state: state, group: group, startTime: startTime)
    }
}

private func readSmallFile(_ path: String) -> [UInt8]? {
    guard let file = try? FileDescriptor.open(path, O_RDONLY) else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = bytes.withUnsafeMutableBytes { read(file.number, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    return Array(bytes.prefix(count))
}
