import Diagnostics

/// Text of other people's making, written so that Markdown shows it and does nothing else with it.
enum MarkdownText {
    /// The text as it is to be read in a paragraph, a list or a cell of a table.
    static func escaped(_ text: String) -> String {
        var result = ""
        var previous: Unicode.Scalar = " "
        for scalar in DisplayText.escaped(text).unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            // A table's cell ends at a bar even behind a backslash in some renderers; an entity is safe in all.
            case "|": result += "&#124;"
            // Within a link's scheme: GitHub makes a link of whatever looks like an address.
            case "/" where previous == ":": result += "&#47;"
            // Nobody is notified by what a repository says.
            case "@" where !previous.properties.isAlphabetic && !("0"..."9").contains(previous): result += "@<!-- -->"
            case "\\", "`", "*", "_", "[", "]", "#", "~", "!", "$": result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return result
    }
}
