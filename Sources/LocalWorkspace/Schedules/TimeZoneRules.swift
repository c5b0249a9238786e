internal import Glibc
internal import Workspace

/// When a time zone's clocks stood how far from UTC, as the machine's zone files say.
///
/// https://www.rfc-editor.org/rfc/rfc8536
struct TimeZoneRules: Sendable, Equatable {
    /// When the offset changes, and to how many seconds east of UTC.
    private let transitions: [(moment: Int64, offset: Int64)]
    private let first: Int64
    /// What holds behind the last transition.
    private let footer: PosixTimeZone?

    static let utc = TimeZoneRules(transitions: [], first: 0, footer: nil)

    private init(transitions: [(moment: Int64, offset: Int64)], first: Int64, footer: PosixTimeZone?) {
        self.transitions = transitions
        self.first = first
        self.footer = footer
    }

    /// The rules of a zone by its IANA name (`Europe/Berlin`) or by Windows' name for it (`W. Europe Standard Time`).
    init(named name: String) throws {
        let trimmed = name.trimmed
        if ["", "utc", "gmt", "z", "etc/utc", "coordinated universal time"].contains(trimmed.lowercased()) {
            self = .utc
            return
        }
        let iana = WindowsTimeZones.iana[trimmed] ?? trimmed
        let isPlain = iana.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/_+-".utf8.contains(byte)
            }
        }
        // Without a dot no name leads out of the folder.
        guard isPlain, !iana.hasPrefix("/"), iana.utf8.count <= 64,
            let bytes = try? Files.read("\(Self.folder)/\(iana)", limit: 1 << 20), let rules = Self.read(bytes)
        else {
            let isThere = Files.isFolder(Self.folder)
            throw WorkspaceError(
                .invalid,
                isThere
                    ? "the time zone '\(name.prefix(64))' is not known; write Europe/Berlin or W. Europe Standard Time"
                    : "there are no time zones on this machine; type: apt-get install -y tzdata")
        }
        self = rules
    }

    private static var folder: String {
        HostEnvironment.all["TZDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/usr/share/zoneinfo"
    }

    static func == (left: Self, right: Self) -> Bool {
        left.first == right.first && left.footer == right.footer
            && left.transitions.elementsEqual(right.transitions) { $0 == $1 }
    }

    /// How many seconds east of UTC the zone's clocks are at a moment.
    func offset(at moment: Int64) -> Int64 {
        guard let last = transitions.last else { return footer?.offset(at: moment) ?? first }
        if moment >= last.moment { return footer?.offset(at: moment) ?? last.offset }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].moment <= moment { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : transitions[low - 1].offset
    }

    /// The moments at which the zone's clocks show a time: none in the hour that is left out, two in the one that comes
    /// twice.
    ///
    /// - Parameter local: seconds since 1970-01-01T00:00:00 on those clocks.
    func moments(showing local: Int64) -> [Int64] {
        // No zone is more than a day off, and none changes twice within two.
        let offsets = Set([offset(at: local - 86_400), offset(at: local + 86_400)])
        return offsets.map { local - $0 }.filter { offset(at: $0) == local - $0 }.sorted()
    }

    /// The moment meant by a time on the zone's clocks: the first of two, and for one that is left out the moment that
    /// would have had it, when the clocks show an hour more.
    func moment(showing local: Int64) -> Int64 {
        moments(showing: local).first ?? local - offset(at: local - 86_400)
    }

    /// What the zone's clocks show at a moment, as seconds since 1970-01-01T00:00:00 on them.
    func local(_ moment: Int64) -> Int64 { moment + offset(at: moment) }

    // MARK: Reading

    private static func read(_ bytes: [UInt8]) -> TimeZoneRules? {
        guard let short = Header(bytes, at: 0) else { return nil }
        guard short.version >= UInt8(ascii: "2") else { return body(bytes, at: 44, short, width: 4, footer: nil) }
        let start = 44 + short.length(width: 4)
        guard let header = Header(bytes, at: start) else { return nil }
        let end = start + 44 + header.length(width: 8)
        guard end <= bytes.count else { return nil }
        let text = String(decoding: bytes[end...].drop { $0 == 10 }.prefix { $0 != 10 }, as: UTF8.self)
        return body(bytes, at: start + 44, header, width: 8, footer: PosixTimeZone(text))
    }

    private static func body(
        _ bytes: [UInt8], at start: Int, _ header: Header, width: Int, footer: PosixTimeZone?
    ) -> TimeZoneRules? {
        guard start + header.length(width: width) <= bytes.count else { return nil }
        let indices = start + header.times * width
        let types = indices + header.times
        let offsets = (0..<header.types).map { number(bytes, types + $0 * 6, 4) }
        guard let first = offsets.first else { return nil }
        var transitions: [(moment: Int64, offset: Int64)] = []
        for index in 0..<header.times {
            let type = Int(bytes[indices + index])
            guard type < offsets.count else { return nil }
            transitions.append((number(bytes, start + index * width, width), offsets[type]))
        }
        return TimeZoneRules(transitions: transitions, first: first, footer: footer)
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ width: Int) -> Int64 {
        let value = bytes[start..<start + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return width == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }

    private struct Header {
        let version: UInt8
        let times: Int
        let types: Int
        private let rest: (utc: Int, standard: Int, leaps: Int, characters: Int)

        init?(_ bytes: [UInt8], at start: Int) {
            guard bytes.count >= start + 44, Array(bytes[start..<start + 4]) == Array("TZif".utf8) else { return nil }
            func count(_ index: Int) -> Int { Int(number(bytes, start + 20 + index * 4, 4)) }
            guard (0..<6).allSatisfy({ (0...65_536).contains(count($0)) }) else { return nil }
            version = bytes[start + 4]
            rest = (count(0), count(1), count(2), count(5))
            times = count(3)
            types = count(4)
        }

        func length(width: Int) -> Int {
            times * (width + 1) + types * 6 + rest.characters + rest.leaps * (width + 4) + rest.standard + rest.utc
        }
    }
}
