/// What a commit says about itself; none of it is proven unless its signature is.
package struct Commit: Hashable, Sendable {
    /// Somebody at a time, as a commit claims.
    package struct Person: Hashable, Sendable {
        /// The name, with wrong UTF-8 replaced.
        package let name: String
        /// The address, with wrong UTF-8 replaced.
        package let email: String
        /// Seconds since 1970.
        package let time: Int64

        /// Makes a person at a time.
        package init(name: String, email: String, time: Int64) {
            self.name = name
            self.email = email
            self.time = time
        }
    }

    /// The commit's own id.
    package let id: ObjectID
    /// Its files.
    package let tree: ObjectID
    /// The commits it follows, none for a first one.
    package let parents: [ObjectID]
    /// Who wrote the change.
    package let author: Person
    /// Who made the commit.
    package let committer: Person
    /// All of the message, with wrong UTF-8 replaced.
    package let message: String

    /// The first line of the message that says something.
    package var summary: String {
        message.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? ""
    }

    /// The people named in `Co-authored-by:` trailers.
    package var coAuthors: [Person] {
        message.split(whereSeparator: \.isNewline).compactMap { line in
            let key = "co-authored-by:"
            guard line.lowercased().hasPrefix(key) else { return nil }
            let value = line.dropFirst(key.count)
            guard let open = value.lastIndex(of: "<"), let close = value.lastIndex(of: ">"), open < close else {
                return nil
            }
            let name = String(
                value[..<open].drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            return Person(
                name: name, email: String(value[value.index(after: open)..<close]), time: author.time)
        }
    }
}
