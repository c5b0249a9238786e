import CommandLine
import Glibc

/// Standard output for results, standard error for everything else.
struct Console: Sendable {
    let output: Terminal
    let errors: Terminal

    init(environment: [String: String]) {
        output = Terminal(descriptor: 1, environment: environment)
        errors = Terminal(descriptor: 2, environment: environment)
    }

    /// Prints a result and a line end.
    func print(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: 1) }

    /// Prints a result as it is.
    func printRaw(_ bytes: [UInt8]) { write(bytes, to: 1) }

    /// Prints a message for the person at the keyboard.
    func complain(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: 2) }

    /// Prints to standard error as it is.
    func writeError(_ text: String) { write(text, to: 2) }

    private func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A closed pipe is the reader's choice; there is nobody left to tell.
            guard count > 0 else { return }
            written += count
        }
    }
}
