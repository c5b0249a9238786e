/// A YAML node with the place where it was written.
///
/// Aliases are already expanded: an aliased node has the marks of its anchor.
package struct Node: Sendable, Hashable {
    /// What a node holds.
    package enum Value: Sendable, Hashable {
        case scalar(Scalar)
        case sequence([Node])
        case mapping(Mapping)
    }

    /// The content.
    package var value: Value
    /// Where the node starts.
    package var mark: Mark
    /// Where the node ends; of block collections, where the next token starts.
    package var endMark: Mark
    private var tagBox: TagBox?

    /// The explicit tag of a collection or a scalar.
    package var tag: String? {
        if case .scalar(let scalar) = value { return scalar.tag }
        return tagBox?.tag
    }

    /// A node; `tag` is for collections, a scalar has its own.
    package init(_ value: Value, mark: Mark = .start, endMark: Mark? = nil, tag: String? = nil) {
        self.value = value
        self.mark = mark
        self.endMark = endMark ?? mark
        tagBox = tag.map(TagBox.init)
    }

    /// The scalar, if the node is one.
    package var scalar: Scalar? {
        if case .scalar(let scalar) = value { return scalar }
        return nil
    }

    /// The items, if the node is a sequence.
    package var sequence: [Node]? {
        if case .sequence(let items) = value { return items }
        return nil
    }

    /// The mapping, if the node is one.
    package var mapping: Mapping? {
        if case .mapping(let mapping) = value { return mapping }
        return nil
    }

    /// The scalar's text as written, if the node is a scalar.
    package var text: String? { scalar?.text }

    /// Whether the node is a scalar that resolves to null (`~`, `null`, nothing at all).
    package var isNull: Bool {
        scalar?.isNull ?? false
    }

    /// The value of a key, if the node is a mapping that has it.
    package subscript(key: String) -> Node? { mapping?[key] }

    /// What the node is, for messages, such as `a mapping`.
    package var kindDescription: String {
        switch value {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): scalar.resolved(.core11).kindDescription
        }
    }
}
