/// The folder of a project inside its repository, as git writes it: no `./`, no slash at the end, no two in a row.
///
/// A project's own paths begin with `../` for what lies in the repository outside of its folder.
struct ProjectFolder {
    private let parts: [Substring]

    init(_ folder: String) { parts = folder.split(separator: "/").filter { $0 != "." } }

    /// A path of the repository as the project's files name it.
    func inside(_ path: String) -> String {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        let shared = zip(names, parts).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: parts.count - shared) + names.dropFirst(shared)).joined(separator: "/")
    }

    /// A path of the project as git names it.
    func outside(_ path: String) -> String {
        var names = parts
        for name in path.split(separator: "/", omittingEmptySubsequences: false) {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return names.joined(separator: "/")
    }
}
