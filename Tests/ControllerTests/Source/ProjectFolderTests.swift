import Testing

@testable import Controller

@Suite("A project's folder")
struct ProjectFolderTests {
    @Test(
        "is taken off the paths that git tells, and what lies elsewhere is no news",
        arguments: [
            ("", "data/a.csv", "data/a.csv"), ("teams/one", "teams/one/data/a.csv", "data/a.csv"),
            ("./teams//one/", "teams/one/data/a.csv", "data/a.csv"), ("teams/one", "teams/one-more/data/a.csv", nil),
            ("teams/one", "README.md", nil), ("a", "a", nil),
        ] as [(String, String, String?)])
    func inside(_ folder: String, _ path: String, _ expected: String?) {
        let folder = ProjectFolder(folder)
        #expect(folder.inside(path) == expected)
        if let expected { #expect(folder.outside(expected) == path) }
    }
}
