package import Diagnostics

/// Where a resolved value came from: the value as first written, then every variable that went into it.
package struct Provenance: Sendable, Equatable {
    /// One place that had a part in the value.
    package struct Step: Sendable, Equatable {
        /// Where the text stands; nil for what the product itself adds.
        package var location: SourceLocation?
        /// What has this text: a variable's name, or the field itself.
        package var name: String
        /// The text as written there.
        package var text: String
        /// What was written elsewhere and does not count beside it: earlier definitions, the file's own literal.
        package var overrides: [Overridden]

        package init(location: SourceLocation?, name: String, text: String, overrides: [Overridden] = []) {
            self.location = location
            self.name = name
            self.text = text
            self.overrides = overrides
        }
    }

    /// A text that something else took the place of.
    package struct Overridden: Sendable, Equatable {
        package var location: SourceLocation
        package var text: String

        package init(_ text: String, at location: SourceLocation) {
            self.text = text
            self.location = location
        }
    }

    /// The value in the end.
    package var value: String
    package var steps: [Step]

    package init(value: String, steps: [Step]) {
        self.value = value
        self.steps = steps
    }
}
