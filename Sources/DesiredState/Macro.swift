/// The `$(NAME)` form of Azure Pipelines inside a text.
enum Macro {
    enum Part: Equatable {
        case text(Substring)
        /// A use of a variable; `occurrence` counts uses of the same name in this text from 0.
        case use(name: String, occurrence: Int)
    }

    /// Whether there can be anything to do; nearly all texts end here.
    static func mayOccur(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var index = 0
            while index + 2 < bytes.count {
                if bytes[index] == UInt8(ascii: "$"), bytes[index + 1] == UInt8(ascii: "(") { return true }
                index += 1
            }
            return false
        }
    }

    /// Cuts a text at its macros.
    ///
    /// `$(( ))`, `$(date +%s)` and everything else between parentheses that is no name belongs to a shell and stays
    /// text. `$$(NAME)` is the text `$(NAME)`.
    static func parts(of text: String) -> [Part] {
        let bytes = text.utf8
        var parts: [Part] = []
        var uses: [String: Int] = [:]
        var start = bytes.startIndex
        var index = start
        while let dollar = bytes[index...].firstIndex(of: UInt8(ascii: "$")) {
            let open = bytes.index(after: dollar)
            guard open < bytes.endIndex else { break }
            if bytes[open] == UInt8(ascii: "$"), let close = close(of: bytes, open: bytes.index(after: open)) {
                parts.append(.text(text[start...dollar]))
                parts.append(.text(text[bytes.index(after: open)...close]))
                start = bytes.index(after: close)
                index = start
            } else if let close = close(of: bytes, open: open) {
                if start < dollar { parts.append(.text(text[start..<dollar])) }
                let name = String(text[bytes.index(after: open)..<close])
                parts.append(.use(name: name, occurrence: uses[name, default: 0]))
                uses[name, default: 0] += 1
                start = bytes.index(after: close)
                index = start
            } else {
                index = open
            }
        }
        if start < bytes.endIndex { parts.append(.text(text[start...])) }
        return parts
    }

    /// The closing parenthesis of a macro whose opening one stands at `open`.
    private static func close(of bytes: String.UTF8View, open: String.Index) -> String.Index? {
        guard open < bytes.endIndex, bytes[open] == UInt8(ascii: "(") else { return nil }
        var index = bytes.index(after: open)
        guard index < bytes.endIndex, isNameStart(bytes[index]) else { return nil }
        while index < bytes.endIndex, isNamePart(bytes[index]) { index = bytes.index(after: index) }
        return index < bytes.endIndex && bytes[index] == UInt8(ascii: ")") ? index : nil
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        isNameStart(byte) || (48...57).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}

/// Texts such as `<sample-string>` that templates leave to be filled in.
enum Placeholder {
    /// The first placeholder in a text: a letter, then letters, digits, blanks, dots and hyphens, in angle brackets.
    static func first(in text: String) -> Substring? {
        var rest = Substring(text)
        while let open = rest.utf8.firstIndex(of: UInt8(ascii: "<")) {
            let inside = rest[rest.utf8.index(after: open)...]
            let end = inside.utf8.firstIndex { byte in
                !((97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                    || byte == 0x20 || byte == 0x2D || byte == 0x2E || byte == 0x5F)
            }
            if let end, end > inside.startIndex, inside.utf8[end] == UInt8(ascii: ">"), let first = inside.utf8.first,
                !(48...57).contains(first), first != 0x20, inside.utf8[inside.utf8.index(before: end)] != 0x20
            {
                return rest[open...end]
            }
            rest = inside
        }
        return nil
    }
}
