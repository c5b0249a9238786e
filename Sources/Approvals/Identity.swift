/// How people are named in rules, records and signers files: by an e-mail address or another single word.
package enum Identity {
    /// Whether a text can name one person.
    ///
    /// Blanks, quotes and the characters of ssh's pattern lists are refused: a name that has them could be read as
    /// several names by ssh-keygen, whose manual calls the signer's field a pattern-list.
    package static func isPlain(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 254, !text.hasPrefix("-") else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "*", "?", "!", ",", "\"", "'", "\\", "#", "<", ">", "`": false
            default: scalar.value > 0x20 && scalar.value < 0x7f
            }
        }
    }

    /// Whether two names may mean the same person; mail hosts do not tell capitals apart, nor do we.
    package static func isSame(_ left: String, _ right: String) -> Bool {
        left == right || left.lowercased() == right.lowercased()
    }
}
