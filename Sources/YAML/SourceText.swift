/// Finds places in the bytes of a text; only failures need it, so it looks from the beginning each time.
enum SourceText {
    /// The place of a byte.
    static func mark(ofByte offset: Int, in bytes: UnsafeRawBufferPointer) -> Mark {
        let end = min(max(0, offset), bytes.count)
        var line = 1
        var column = 1
        var index = 0
        while index < end {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte == UInt8(ascii: "\r") {
                if index < bytes.count, bytes[index] == UInt8(ascii: "\n") { continue }
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Bytes that continue a scalar take no column.
                column += 1
            }
        }
        return Mark(line: line, column: column)
    }

    /// The first byte of the character at a place, if the text has one there.
    static func byte(at mark: Mark, in bytes: UnsafeRawBufferPointer) -> UInt8? {
        var index = 0
        var line = 1
        while line < mark.line, index < bytes.count {
            let byte = bytes[index]
            index += 1
            let isPair = byte == UInt8(ascii: "\r") && index < bytes.count && bytes[index] == UInt8(ascii: "\n")
            if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isPair) { line += 1 }
        }
        var column = 1
        while column < mark.column, index < bytes.count {
            index += 1
            while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
            column += 1
        }
        return index < bytes.count ? bytes[index] : nil
    }
}
