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
        /// Earlier definitions of the variable that this one overrides.
        package var overrides: [SourceLocation]

        package init(location: SourceLocation?, name: String, text: String, overrides: [SourceLocation] = []) {
            self.location = location
            self.name = name
            self.text = text
            self.overrides = overrides
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
