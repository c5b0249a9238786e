/// One finding about what the user wrote.
package struct Diagnostic: Sendable, Hashable, Codable {
    /// How bad a finding is, the worst first.
    package enum Severity: String, Sendable, Codable, CaseIterable {
        case error
        case warning
        case note
    }

    /// A remark that belongs to a finding, often about a second place ("first written here").
    package struct Note: Sendable, Hashable, Codable {
        /// What is to be known.
        package var message: String
        /// The place it is about, if it is about one.
        package var location: SourceLocation?

        /// A remark, with the place it is about.
        package init(_ message: String, at location: SourceLocation? = nil) {
            self.message = message
            self.location = location
        }
    }

    /// Whether this stops the work.
    package var severity: Severity
    /// A stable name of the kind of finding in kebab-case, such as `unknown-key`.
    package var code: String
    /// What is wrong, in one sentence without a full stop.
    package var message: String
    /// Where, unless the finding is about no file.
    package var location: SourceLocation?
    /// The path of the field, such as `/inputs/data/path`.
    package var pointer: String?
    /// What to do about it, such as `did you mean "instance_count"?`.
    package var hint: String?
    /// Remarks that belong to the finding.
    package var notes: [Note]

    /// A finding; see the properties for the meaning of each part.
    package init(
        _ severity: Severity, code: String, _ message: String, at location: SourceLocation? = nil,
        pointer: String? = nil, hint: String? = nil, notes: [Note] = []
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.location = location
        self.pointer = pointer
        self.hint = hint
        self.notes = notes
    }

    /// An error.
    package static func error(
        _ code: String, _ message: String, at location: SourceLocation? = nil, pointer: String? = nil,
        hint: String? = nil, notes: [Note] = []
    ) -> Diagnostic {
        Diagnostic(.error, code: code, message, at: location, pointer: pointer, hint: hint, notes: notes)
    }

    /// A warning.
    package static func warning(
        _ code: String, _ message: String, at location: SourceLocation? = nil, pointer: String? = nil,
        hint: String? = nil, notes: [Note] = []
    ) -> Diagnostic {
        Diagnostic(.warning, code: code, message, at: location, pointer: pointer, hint: hint, notes: notes)
    }
}

extension Diagnostic.Severity: Comparable {
    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .note: 2
        }
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
}

extension Diagnostic: Comparable {
    /// Orders by path, line, column and code; the remaining parts only break ties, so that output is stable.
    ///
    /// A finding about no file comes before all that have one.
    package static func < (lhs: Diagnostic, rhs: Diagnostic) -> Bool {
        switch (lhs.location, rhs.location) {
        case (nil, .some): return true
        case (.some, nil): return false
        case (let left?, let right?) where left != right: return left < right
        default: break
        }
        if lhs.code != rhs.code { return lhs.code < rhs.code }
        if lhs.severity != rhs.severity { return lhs.severity < rhs.severity }
        if lhs.message != rhs.message { return lhs.message < rhs.message }
        if lhs.pointer != rhs.pointer { return (lhs.pointer ?? "") < (rhs.pointer ?? "") }
        return (lhs.hint ?? "") < (rhs.hint ?? "")
    }
}

extension Diagnostic: CustomStringConvertible {
    /// The first line as a compiler prints it, without the source line.
    package var description: String {
        let place = location.map { "\($0.description): " } ?? ""
        return DisplayText.escaped("\(place)\(severity.rawValue): \(message)")
    }
}
