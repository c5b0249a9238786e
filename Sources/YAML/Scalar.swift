/// A scalar as it was written: its text, its style, and its tag if it has one.
package struct Scalar: Sendable, Hashable {
    /// How a scalar was written.
    package enum Style: UInt8, Sendable {
        case plain
        case singleQuoted
        case doubleQuoted
        case literal
        case folded
    }

    /// The text after unquoting and unfolding, and before any resolution to a type.
    package var text: String
    /// How it was written; only plain scalars are ever anything but strings.
    package var style: Style
    // Boxed because tags are rare and nodes are many.
    private var tagBox: TagBox?

    /// The explicit tag, such as `tag:yaml.org,2002:str` for `!!str`.
    package var tag: String? { tagBox?.tag }

    /// A scalar, plain and without a tag unless told otherwise.
    package init(_ text: String, style: Style = .plain, tag: String? = nil) {
        self.text = text
        self.style = style
        tagBox = tag.map(TagBox.init)
    }

    /// The same scalar with another text.
    package func with(text: String) -> Scalar {
        var copy = self
        copy.text = text
        return copy
    }
}

/// Holds the tag of the few nodes that have one.
final class TagBox: Sendable, Hashable {
    let tag: String

    init(tag: String) {
        self.tag = tag
    }

    static func == (lhs: TagBox, rhs: TagBox) -> Bool { lhs.tag == rhs.tag }

    func hash(into hasher: inout Hasher) { hasher.combine(tag) }
}
