import CommandLine

/// What a person says with `-m`: short, readable, and fit for a record, a commit message and a terminal.
struct ReasonText: Sendable, Hashable {
    /// The text without blanks around it; empty where none was given and none was needed.
    let text: String

    private static let longest = 2000

    /// Checks what was given on the command line.
    ///
    /// - Parameters:
    ///   - given: The value of `-m`; several become paragraphs, as git has it.
    ///   - isRequired: Whether the command makes no sense without a reason.
    ///   - invocation: The command, for the usage error.
    init(_ given: [String], isRequired: Bool, for invocation: Invocation) throws(UsageError) {
        do throws(Problem) {
            self = try Self(given, isRequired: isRequired)
        } catch {
            throw invocation.usageError(error.message)
        }
    }

    init(_ given: [String], isRequired: Bool) throws(Problem) {
        let paragraphs = given.map(Self.trimmed).filter { !$0.isEmpty }
        let text = paragraphs.joined(separator: "\n\n")
        guard !text.isEmpty || !isRequired else { throw Problem(message: "Say why with '-m'.") }
        guard text.unicodeScalars.count <= Self.longest else {
            throw Problem(message: "The text of '-m' is longer than \(Self.longest) characters.")
        }
        guard text.unicodeScalars.allSatisfy({ Self.isReadable($0) }) else {
            throw Problem(message: "The text of '-m' holds characters that cannot be seen.")
        }
        self.text = text
    }

    /// What is wrong with a text.
    struct Problem: Error, Hashable {
        let message: String
    }

    /// Whoever reads the record must see what was written: no control characters, nothing that reorders a line.
    private static func isReadable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar == "\n" || scalar == "\t"
        case .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        // Joiners are part of words in some languages and of many emoji.
        case .format: scalar == "\u{200c}" || scalar == "\u{200d}"
        default: true
        }
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
