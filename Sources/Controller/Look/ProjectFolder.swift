/// The folder of a project inside its repository, as git writes it: no `./`, no slash at the end, no two in a row.
struct ProjectFolder {
    /// Empty, or the folder with a slash behind it.
    let prefix: String

    init(_ folder: String) {
        let parts = folder.split(separator: "/").filter { $0 != "." }
        prefix = parts.map { "\($0)/" }.joined()
    }

    /// A path of the repository as the project's files name it; nil for what lies outside of the folder.
    func inside(_ path: String) -> String? {
        guard path.hasPrefix(prefix) else { return nil }
        return String(path.dropFirst(prefix.count))
    }

    /// A path of the project as git names it.
    func outside(_ path: String) -> String { prefix + path }
}
