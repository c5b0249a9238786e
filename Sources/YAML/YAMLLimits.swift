/// Bounds on a document, because repositories are hostile.
package struct YAMLLimits: Sendable, Hashable {
    /// The size of a text in bytes.
    package var bytes: Int
    /// How deep collections may nest, aliases expanded.
    package var depth: Int
    /// How many nodes a text may have, aliases expanded.
    package var nodes: Int
    /// How many aliases a text may use.
    package var aliases: Int

    /// Bounds that no asset file made by people comes near.
    package init(bytes: Int = 4 << 20, depth: Int = 64, nodes: Int = 100_000, aliases: Int = 1_000) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
        self.aliases = aliases
    }
}
