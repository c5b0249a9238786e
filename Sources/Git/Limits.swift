/// Bounds on what a repository, which anyone may have written, can make us hold.
package struct GitLimits: Hashable, Sendable {
    /// How many folders may lie inside each other.
    package var treeDepth = 128
    /// How many entries one listing or comparison may have.
    package var entries = 1_000_000
    /// How many bytes one tree object may have.
    package var treeBytes = 64 << 20
    /// How many bytes one commit object may have.
    package var commitBytes = 1 << 20
    /// How many commits one question about history may look at.
    package var commits = 1_000_000

    package init() {}
}
