extension Node {
    /// The node with every scalar value passed through `transform`; keys stay as they are.
    ///
    /// - Parameter transform: Gets a scalar node and the keys and indices that lead to it; gives its
    ///   replacement, or nil to keep it. A replacement may be any node.
    package func mapScalars<Failure: Error>(
        _ transform: (_ node: Node, _ path: [String]) throws(Failure) -> Node?
    ) throws(Failure) -> Node {
        var copy = self
        var path: [String] = []
        _ = try copy.replaceScalars(&path, transform)
        return copy
    }

    /// Calls `body` with every scalar value and the keys and indices that lead to it, in the order of the text.
    package func forEachScalar<Failure: Error>(
        _ body: (_ node: Node, _ path: [String]) throws(Failure) -> Void
    ) throws(Failure) {
        var path: [String] = []
        try visitScalars(&path, body)
    }

    // Both recursions are bounded by the reader's depth limit. Children are only written back when
    // something below them changed, so an untouched document is not copied.
    private mutating func replaceScalars<Failure: Error>(
        _ path: inout [String], _ transform: (Node, [String]) throws(Failure) -> Node?
    ) throws(Failure) -> Bool {
        switch value {
        case .scalar:
            guard let replacement = try transform(self, path) else { return false }
            self = replacement
            return true
        case .sequence(var items):
            var hasChanged = false
            for index in items.indices {
                path.append(String(index))
                var item = items[index]
                if try item.replaceScalars(&path, transform) {
                    items[index] = item
                    hasChanged = true
                }
                path.removeLast()
            }
            if hasChanged { value = .sequence(items) }
            return hasChanged
        case .mapping(var mapping):
            var hasChanged = false
            for index in mapping.entries.indices {
                path.append(mapping.entries[index].name)
                var item = mapping.entries[index].value
                if try item.replaceScalars(&path, transform) {
                    mapping.entries[index].value = item
                    hasChanged = true
                }
                path.removeLast()
            }
            if hasChanged { value = .mapping(mapping) }
            return hasChanged
        }
    }

    private func visitScalars<Failure: Error>(
        _ path: inout [String], _ body: (Node, [String]) throws(Failure) -> Void
    ) throws(Failure) {
        switch value {
        case .scalar:
            try body(self, path)
        case .sequence(let items):
            for (index, item) in items.enumerated() {
                path.append(String(index))
                try item.visitScalars(&path, body)
                path.removeLast()
            }
        case .mapping(let mapping):
            for entry in mapping.entries {
                path.append(entry.name)
                try entry.value.visitScalars(&path, body)
                path.removeLast()
            }
        }
    }
}
