internal import YAML

/// Finds the exact place of something inside a scalar, for messages.
enum SourceScan {
    /// The place of the n-th occurrence of a text in a plain scalar that stands on one line.
    static func mark(of needle: String, occurrence: Int, inPlain text: String, at start: Mark) -> Mark {
        var left = occurrence
        var rest = text[...]
        while let range = rest.firstRange(of: needle) {
            if left == 0 {
                return Mark(
                    line: start.line, column: start.column + text[..<range.lowerBound].unicodeScalars.count)
            }
            left -= 1
            rest = rest[range.upperBound...]
        }
        return start
    }

    /// The place of the n-th occurrence of a text between two marks, or the first mark when it can't be seen there.
    static func mark(of needle: String, occurrence: Int, in node: Node, source: [UInt8]?) -> Mark {
        guard let source, !needle.isEmpty else { return node.mark }
        let needle = Array(needle.utf8)
        var line = 1
        var column = 1
        var left = occurrence
        var index = source.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index + needle.count <= source.count {
            let here = Mark(line: line, column: column)
            if here >= node.endMark, here > node.mark { break }
            if here >= node.mark, source[index] == needle[0], source[index..<index + needle.count].elementsEqual(needle)
            {
                if left == 0 { return here }
                left -= 1
            }
            let byte = source[index]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80, byte != UInt8(ascii: "\r") {
                column += 1
            }
            index += 1
            // Bytes that continue a character are no places of their own.
            while index < source.count, source[index] & 0xC0 == 0x80 { index += 1 }
        }
        return node.mark
    }
}
