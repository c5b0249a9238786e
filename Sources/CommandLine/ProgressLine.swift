/// Shows what goes on: one line rewritten in place on a terminal, one line a step elsewhere.
package struct ProgressLine: ~Copyable {
    private let terminal: Terminal
    private let write: (String) -> Void
    private var shown: String?

    /// - Parameter write: Takes text as it is, line ends included; normally standard error.
    package init(terminal: Terminal, write: @escaping (String) -> Void) {
        self.terminal = terminal
        self.write = write
    }

    /// Shows a step; the same text twice is shown once.
    package mutating func update(_ text: String) {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard line != shown else { return }
        shown = line
        if terminal.isInteractive {
            // The last column stays free: filling it makes some terminals wrap, and the next rewrite miss.
            let limit = terminal.width - 1
            write("\r\u{1B}[2K" + (line.count > limit ? line.prefix(limit - 1) + "…" : line[...]))
        } else {
            write(line + "\n")
        }
    }

    /// Prints a line that stays, above the progress.
    package mutating func print(_ text: String) {
        if terminal.isInteractive, let shown {
            self.shown = nil
            write("\r\u{1B}[2K" + text + "\n")
            update(shown)
        } else {
            write(text + "\n")
        }
    }

    /// Takes the line away; plain lines stay as they are.
    package mutating func clear() {
        if terminal.isInteractive, shown != nil { write("\r\u{1B}[2K") }
        shown = nil
    }
}
