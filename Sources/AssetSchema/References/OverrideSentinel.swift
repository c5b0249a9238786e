/// The text that templates write where a config file's variable decides: `override config-mlops.yml`.
package enum OverrideSentinel {
    /// Whether a text is one.
    package static func matches(_ text: String) -> Bool {
        guard text.utf8.starts(with: "override ".utf8), text.utf8.count < 256 else { return false }
        let words = text.split(separator: " ")
        return words.count == 2 && (words[1].hasSuffix(".yml") || words[1].hasSuffix(".yaml"))
    }
}
