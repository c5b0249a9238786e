/// Reads text as Python's `int()` and `float()` do, which the SDK applies to text in number fields.
enum PythonNumber {
    /// Surrounding blanks, a sign, and digits with single underscores between them.
    static func integer(_ text: String) -> Int64? {
        var digits = Substring(text)
        while let first = digits.first, first.isWhitespace { digits.removeFirst() }
        while let last = digits.last, last.isWhitespace { digits.removeLast() }
        var sign = ""
        if digits.first == "-" || digits.first == "+" { sign = digits.removeFirst() == "-" ? "-" : "" }
        guard let first = digits.utf8.first, first != UInt8(ascii: "_"), digits.utf8.last != UInt8(ascii: "_") else {
            return nil
        }
        var previous = first
        for byte in digits.utf8 {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard isDigit || byte == UInt8(ascii: "_") else { return nil }
            if byte == UInt8(ascii: "_"), previous == UInt8(ascii: "_") { return nil }
            previous = byte
        }
        return Int64(sign + digits.filter { $0 != "_" })
    }

    /// The texts of numbers; `nan` and `inf` are none here, since the SDK refuses them.
    static func float(_ text: String) -> Double? {
        var digits = Substring(text)
        while let first = digits.first, first.isWhitespace { digits.removeFirst() }
        while let last = digits.last, last.isWhitespace { digits.removeLast() }
        guard digits.utf8.allSatisfy({ "0123456789+-._eE".utf8.contains($0) }) else { return nil }
        return Double(digits.filter { $0 != "_" })
    }
}
