/// A source line made fit for a terminal, and the cell under which the caret goes.
struct SourceExcerpt {
    let text: String
    let caretOffset: Int

    private static let tabWidth = 4

    /// Expands tabs, escapes hostile characters, and cuts a window of `widest` cells around `column`.
    init(line: Substring.UnicodeScalarView, column: Int, widest: Int) {
        let target = max(1, column)
        // What lies further from the caret than a window can't be seen; a megabyte-long line must cost nothing.
        let skipped = max(0, target - 1 - widest)
        var index = line.index(line.startIndex, offsetBy: skipped, limitedBy: line.endIndex) ?? line.endIndex
        var position = skipped + 1
        var cells: [(text: String, width: Int)] = []
        var used = 0
        var caret: Int?
        var caretCell = 0
        while index < line.endIndex {
            if position == target {
                caret = used
                caretCell = cells.count
            }
            let cell = Self.cell(line[index], at: used)
            cells.append(cell)
            used += cell.width
            if let caret, used - caret > widest { break }
            index = line.index(after: index)
            position += 1
        }
        var offset = caret ?? used
        if caret == nil { caretCell = cells.count }

        // Half of the window stands before the caret unless the whole line fits.
        var first = 0
        let isCutBefore: Bool
        if used > widest || skipped > 0 {
            while first < caretCell, offset > widest / 2 {
                offset -= cells[first].width
                first += 1
            }
        }
        isCutBefore = first > 0 || skipped > 0
        var result = isCutBefore ? "…" : ""
        var width = isCutBefore ? 1 : 0
        var last = first
        while last < cells.count, width + cells[last].width <= widest {
            result += cells[last].text
            width += cells[last].width
            last += 1
        }
        if last < cells.count || index < line.endIndex { result += "…" }
        text = result
        caretOffset = offset + (isCutBefore ? 1 : 0)
    }

    private static func cell(_ scalar: Unicode.Scalar, at used: Int) -> (text: String, width: Int) {
        if scalar == "\t" {
            let width = tabWidth - used % tabWidth
            return (String(repeating: " ", count: width), width)
        }
        if DisplayText.isHostile(scalar) {
            let text = DisplayText.escape(scalar)
            return (text, text.count)
        }
        return (String(Character(scalar)), DisplayText.width(of: scalar))
    }
}
