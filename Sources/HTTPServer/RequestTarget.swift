/// A request target, taken apart and percent-decoded exactly once.
struct RequestTarget: Equatable, Sendable {
    let segments: [String]
    let query: [HTTPRequest.QueryItem]

    /// - Returns: nil for a target no honest client sends: bad escapes, NUL, text that is not UTF-8, or `..` segments.
    init?(_ raw: String) {
        var text = Substring(raw)
        if let fragment = text.firstIndex(of: "#") { text = text[..<fragment] }
        // The absolute form, as proxies send it.
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            text = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        guard text.hasPrefix("/") else { return nil }
        let mark = text.firstIndex(of: "?")
        var segments: [String] = []
        for part in text[..<(mark ?? text.endIndex)].dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        {
            guard let segment = Self.decode(part) else { return nil }
            let pieces = segment.split(separator: "/")
            guard !pieces.contains("."), !pieces.contains("..") else { return nil }
            segments.append(segment)
        }
        if segments.last == "" { segments.removeLast() }
        self.segments = segments
        var query: [HTTPRequest.QueryItem] = []
        if let mark {
            for item in text[text.index(after: mark)...].split(separator: "&") {
                let halves = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = Self.decode(halves[0], plusIsSpace: true),
                    let value = Self.decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
                else { return nil }
                query.append(HTTPRequest.QueryItem(name: name, value: value))
            }
        }
        self.query = query
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexDigit), let low = iterator.next().flatMap(hexDigit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
