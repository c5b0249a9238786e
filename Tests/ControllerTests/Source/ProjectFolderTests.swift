import Testing

@testable import Controller

@Suite("A project's folder")
struct ProjectFolderTests {
    @Test(
        "is taken off the paths that git tells, and what lies outside is told from it",
        arguments: [
            ("", "data/a.csv", "data/a.csv"), ("teams/one", "teams/one/data/a.csv", "data/a.csv"),
            ("./teams//one/", "teams/one/data/a.csv", "data/a.csv"),
            ("teams/one", "teams/one-more/data/a.csv", "../one-more/data/a.csv"),
            ("teams/one", "README.md", "../../README.md"),
        ] as [(String, String, String)])
    func inside(_ folder: String, _ path: String, _ expected: String) {
        let folder = ProjectFolder(folder)
        #expect(folder.inside(path) == expected)
        #expect(folder.outside(expected) == path)
    }
}
