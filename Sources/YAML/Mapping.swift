/// A mapping that keeps the order and the places of its keys.
package struct Mapping: Sendable, Hashable {
    /// One key with its value.
    package struct Entry: Sendable, Hashable {
        /// The key as written.
        package var key: Scalar
        /// Where the key starts.
        package var keyMark: Mark
        /// The value.
        package var value: Node

        /// A key with its value.
        package init(key: Scalar, keyMark: Mark, value: Node) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }

        /// The key's text.
        package var name: String { key.text }
    }

    /// The entries in order; what a merge key (`<<`) brought stands first.
    package var entries: [Entry]

    /// A mapping of these entries.
    package init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    /// The value of a key; setting nil removes it, setting a new key appends it.
    package subscript(key: String) -> Node? {
        get { entry(key)?.value }
        set {
            let index = entries.firstIndex { $0.key.text == key }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append(Entry(key: Scalar(key), keyMark: value.mark, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The entry of a key.
    package func entry(_ key: String) -> Entry? {
        entries.first { $0.key.text == key }
    }

    /// The keys in order.
    package var keys: [String] { entries.map(\.key.text) }
}

extension Mapping: RandomAccessCollection {
    package var startIndex: Int { entries.startIndex }
    package var endIndex: Int { entries.endIndex }
    package subscript(position: Int) -> Entry { entries[position] }
}
