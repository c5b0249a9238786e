internal import Git

extension TreeEntry.Kind {
    /// What an entry is, with its article, for messages.
    var words: String {
        switch self {
        case .file, .executable: "a file"
        case .symlink: "a symlink"
        case .submodule: "a submodule"
        case .directory: "a folder"
        case .malformed: "an entry with a name or mode that no checkout holds"
        }
    }
}
