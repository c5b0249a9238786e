import DesiredState
import Git
import TestSupport
import Testing

@Suite("Finding projects")
struct ProjectFinderTests {
    private static let asset = "$schema: https://azuremlschemas.azureedge.net/latest/data.schema.json\nname: x\n"

    private func find(_ paths: [String], _ asked: String? = nil) async throws -> ProjectFinder.Outcome {
        let fixture = try await GitFixture()
        try await fixture.commit(
            Dictionary(
                uniqueKeysWithValues: paths.map { path in
                    (path, path.contains("/mlops/") ? Self.asset : "variables: {}\nbranch: main\n")
                }))
        return try withExtendedLifetime(fixture) {
            try ProjectFinder(repository: try Repository.open(fixture.path), source: .branches).find(asked)
        }
    }

    @Test(
        "finds the root, the only project, or lists several",
        arguments: [
            (["environments/dev.yml", "a/config-infra-dev.yml"], .project("", assumption: nil)),
            (["config-infra-dev.yml", "mlops/data.yml"], .project("", assumption: nil)),
            (["mlops/config-infra-dev.yml"], .project("", assumption: nil)),
            (["README.md"], .project("", assumption: nil)),
            (["config-infra-dev.yml", "a/mlops/data.yml", "b/c/mlops/data.yml"], .several(["a", "b/c"])),
            (
                ["config-infra-dev.yml", "a/mlops/data.yml"],
                .project("a", assumption: "the project is a, the only one of this repository")
            ),
            (
                ["a/mlops/config-infra-dev.yml", "a/mlops/config-infra-prod.yml"],
                .project("a", assumption: "the project is a, the only one of this repository")
            ),
            (["a/config-infra-dev.yml", "b/environments/prod.yml"], .several(["a", "b"])),
        ] as [([String], ProjectFinder.Outcome)])
    func finds(_ paths: [String], _ expected: ProjectFinder.Outcome) async throws {
        #expect(try await find(paths) == expected)
    }

    @Test(
        "takes the folder that is asked for, and says what is wrong with one that is not there",
        arguments: [
            ("teams/one", .project("teams/one", assumption: nil)),
            ("./teams//one/", .project("teams/one", assumption: nil)),
            (".", .project("", assumption: nil)), ("teams/on", .missing(suggestion: "teams/one")),
            ("one", .missing(suggestion: "teams/one")), ("nothing/like/it", .missing(suggestion: nil)),
            ("README.md", .isFile), ("../x", .outside), ("teams/../..", .outside), ("/etc", .outside),
        ] as [(String, ProjectFinder.Outcome)])
    func asked(_ folder: String, _ expected: ProjectFinder.Outcome) async throws {
        #expect(try await find(["teams/one/config-infra-dev.yml", "README.md"], folder) == expected)
    }
}
