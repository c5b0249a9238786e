/// Collects findings, so that all mistakes are told at once.
package struct Diagnostics: Sendable, Equatable {
    /// The findings in the order they were made.
    package private(set) var items: [Diagnostic]

    /// A collector, empty unless given findings.
    package init(_ items: [Diagnostic] = []) {
        self.items = items
    }

    /// Adds one finding.
    package mutating func append(_ diagnostic: Diagnostic) {
        items.append(diagnostic)
    }

    /// Adds all findings of `other`.
    package mutating func append(contentsOf other: some Sequence<Diagnostic>) {
        items.append(contentsOf: other)
    }

    /// Whether any finding is an error.
    package var hasErrors: Bool {
        items.contains { $0.severity == .error }
    }

    /// How many findings have this severity.
    package func count(of severity: Diagnostic.Severity) -> Int {
        items.reduce(0) { $1.severity == severity ? $0 + 1 : $0 }
    }

    /// The findings in their stable order.
    package func sorted() -> Diagnostics {
        Diagnostics(items.sorted())
    }

    /// The findings without repetition, each kept where it was made first.
    package func unique() -> Diagnostics {
        var seen: Set<Diagnostic> = []
        return Diagnostics(items.filter { seen.insert($0).inserted })
    }

    /// A count in words, such as `2 errors, 1 warning`; `no problems` when there is neither.
    package var summary: String {
        let parts = [(Diagnostic.Severity.error, "error"), (.warning, "warning")].compactMap { severity, word in
            let count = count(of: severity)
            return count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
        }
        return parts.isEmpty ? "no problems" : parts.joined(separator: ", ")
    }
}

extension Diagnostics: RandomAccessCollection {
    package var startIndex: Int { items.startIndex }
    package var endIndex: Int { items.endIndex }
    package subscript(position: Int) -> Diagnostic { items[position] }
}

extension Diagnostics: Codable {
    package init(from decoder: any Decoder) throws {
        items = try [Diagnostic](from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try items.encode(to: encoder)
    }
}

extension Diagnostics: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Diagnostic...) {
        self.init(elements)
    }
}
