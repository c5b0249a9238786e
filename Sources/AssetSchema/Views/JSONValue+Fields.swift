import Digest

extension JSONValue {
    /// The texts of an object of texts.
    var textMap: [String: String] { (objectValue ?? [:]).compactMapValues(\.stringValue) }
}
