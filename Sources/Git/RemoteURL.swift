/// What may be said about the address of a repository.
package enum RemoteURL {
    /// The text with `user:password@` of any URL in it replaced; logs and errors get no other.
    package static func redactingCredentials(in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            // The last @ of the authority counts: a password may hold one, unencoded.
            let authority = rest.prefix { !"/?# \t\n\r'\"".contains($0) }
            if let at = authority.lastIndex(of: "@") {
                result += "<redacted>@"
                rest = rest[rest.index(after: at)...]
            }
        }
        return result + rest
    }

    /// True for an address that git would fetch from; false for a path on this machine.
    package static func isRemote(_ address: String) -> Bool {
        if address.contains("://") { return true }
        // git's own rule for scp-like addresses: a colon before the first slash.
        guard let colon = address.firstIndex(of: ":") else { return false }
        return !address[..<colon].contains("/") && colon != address.startIndex
    }
}
