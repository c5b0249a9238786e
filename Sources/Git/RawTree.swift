internal import Glibc

/// Reads the bytes of a tree object.
///
/// By hand and not by libgit2's tree, which searches by halves: in a tree that somebody sorted wrongly
/// on purpose a look-up and a listing would then disagree about what is there.
struct RawTree {
    struct Entry {
        let mode: UInt32
        let name: UnsafeRawBufferPointer
        let id: ObjectID

        var kind: TreeEntry.Kind {
            switch mode & 0o170000 {
            case 0o040000: .directory
            case 0o100000: mode & 0o100 == 0 ? .file : .executable
            case 0o120000: .symlink
            case 0o160000: .submodule
            default: .malformed
            }
        }

        /// What two versions of a path have in common when git calls them the same.
        var content: TreeContent { TreeContent(kind: kind, id: id) }
    }

    let bytes: UnsafeRawBufferPointer

    /// Calls for each entry in stored order until it answers false.
    ///
    /// - Returns: False when the object ends in the middle of an entry or holds something else.
    func forEach(_ body: (Entry) throws(GitError) -> Bool) throws(GitError) -> Bool {
        guard var at = bytes.baseAddress else { return true }
        let end = at + bytes.count
        while at < end {
            var mode: UInt32 = 0
            var digits = 0
            while at < end {
                let byte = at.load(as: UInt8.self)
                at += 1
                if byte == UInt8(ascii: " ") { break }
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "7"), digits < 7 else { return false }
                mode = mode << 3 | UInt32(byte - UInt8(ascii: "0"))
                digits += 1
            }
            guard let zero = memchr(at, 0, end - at) else { return false }
            let name = UnsafeRawBufferPointer(start: at, count: UnsafeRawPointer(zero) - at)
            at += name.count + 1
            guard end - at >= ObjectID.byteCount else { return false }
            guard try body(Entry(mode: mode, name: name, id: ObjectID(raw: at))) else { return true }
            at += ObjectID.byteCount
        }
        return true
    }

    /// The first entry of that name.
    func entry(named wanted: some StringProtocol) throws(GitError) -> Entry? {
        let wanted = Array(wanted.utf8)
        guard Self.isSafe(wanted.span) else { return nil }
        var found: Entry?
        _ = try forEach { entry in
            guard let base = entry.name.baseAddress, entry.name.count == wanted.count,
                memcmp(base, wanted, wanted.count) == 0
            else { return true }
            found = entry
            return false
        }
        return found
    }

    /// True for a name that a checkout on any system could hold; `.git` in any case is none.
    static func isSafe(_ name: Span<UInt8>) -> Bool {
        let dot = UInt8(ascii: ".")
        switch name.count {
        case 0: return false
        case 1: if name[0] == dot { return false }
        case 2: if name[0] == dot, name[1] == dot { return false }
        case 4:
            let isGit =
                name[0] == dot && name[1] | 0x20 == UInt8(ascii: "g") && name[2] | 0x20 == UInt8(ascii: "i")
                && name[3] | 0x20 == UInt8(ascii: "t")
            if isGit { return false }
        default: break
        }
        for index in name.indices where name[index] == UInt8(ascii: "/") { return false }
        return true
    }
}

/// What a path holds, as far as git compares it.
struct TreeContent: Hashable {
    let kind: TreeEntry.Kind
    let id: ObjectID
}
