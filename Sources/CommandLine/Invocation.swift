/// What a command line asked for: the command found and the values it was given.
package struct Invocation: Sendable, Equatable {
    /// Names from the root command to the one to run.
    package let path: [String]
    package let command: Command
    var optionValues: [String: [String]] = [:]
    var flagCounts: [String: Int] = [:]
    var positionalValues: [String: [String]] = [:]

    /// Returns the value of an option, the last one when it was repeated, or the declared default.
    package func value(_ option: String) -> String? {
        if let last = optionValues[option]?.last { return last }
        return command.options.first { $0.name == option }?.defaultValue
    }

    /// Returns all values of a repeatable option in the order given.
    package func values(_ option: String) -> [String] {
        optionValues[option] ?? []
    }

    /// Returns whether the flag was given.
    package func flag(_ name: String) -> Bool {
        count(of: name) > 0
    }

    /// Returns how often the flag was given, as in `-vv`.
    package func count(of flag: String) -> Int {
        flagCounts[flag] ?? 0
    }

    /// Returns the positional argument of that name.
    package func argument(_ name: String) -> String? {
        positionalValues[name]?.first
    }

    /// Returns all arguments of a repeating positional.
    package func arguments(_ name: String) -> [String] {
        positionalValues[name] ?? []
    }

    /// Returns an option's value as a number within bounds, or nil when it was not given.
    package func integer(_ option: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw usageError(
                "The value '\(text)' is invalid for '--\(option)': expected a whole number from "
                    + "\(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// Returns a usage error of this command, for checks that parsing can't make.
    package func usageError(_ message: String) -> UsageError {
        UsageError(message: message, path: path, usage: HelpText.usage(of: command, path: path))
    }
}

/// What parsing a command line came to.
package enum ParseOutcome: Sendable, Equatable {
    case run(Invocation)
    /// Help was asked for: to print on standard output, status 0.
    case help(path: [String], command: Command)
    case version
}

/// A command line that can't be understood, with the lines that help to mend it.
package struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The status `EX_USAGE` of sysexits.h.
    package static let exitStatus: Int32 = 64

    package let message: String
    package let path: [String]
    package let usage: String

    package var description: String {
        "Error: \(message)\n\(usage)\n  See '\(path.joined(separator: " ")) --help' for more information."
    }
}
