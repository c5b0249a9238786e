#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What is at the other end of an output: its width, whether it is a person's terminal, how it takes colour.
package struct Terminal: Sendable, Equatable {
    package let isInteractive: Bool
    package let width: Int
    package let style: Style

    /// Decides from facts, so that tests need no terminal.
    ///
    /// - Parameters:
    ///   - columns: The terminal's own answer, nil when it gives none.
    ///   - environment: `COLUMNS`, `NO_COLOR` (https://no-color.org), `FORCE_COLOR` and `TERM` are read.
    package init(isTerminal: Bool, columns: Int?, environment: [String: String]) {
        isInteractive = isTerminal && environment["TERM"] != "dumb"
        let asked = environment["COLUMNS"].flatMap { Int($0) }
        let width = columns ?? asked ?? 80
        self.width = (20...1000).contains(width) ? width : 80
        let refused = !(environment["NO_COLOR"] ?? "").isEmpty
        let forced = !["", "0"].contains(environment["FORCE_COLOR"] ?? "")
        style = Style(enabled: !refused && (forced || isInteractive))
    }

    /// Looks at a file descriptor: 1 for standard output, 2 for standard error.
    package init(descriptor: Int32, environment: [String: String]) {
        var size = winsize()
        let answered = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        self.init(
            isTerminal: isatty(descriptor) == 1, columns: answered ? Int(size.ws_col) : nil, environment: environment)
    }
}
