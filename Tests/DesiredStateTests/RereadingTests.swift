import DesiredState
import Diagnostics
import Git
import TestSupport
import Testing

@Suite("Reading again")
struct RereadingTests {
    struct Change: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var files: [String: String?]
    }

    private static func file(_ path: String) -> String { TemplateProject.files[path] ?? "" }

    private static let environment = "mlops/continuous-training/train-env.yml"
    private static let deployment = "mlops/deploy/online/online-deployment.yml"

    static let changes = [
        Change(
            testDescription: "a variable",
            files: [
                "mlops/config-mlops.yml": TemplateProject.names.replacing(
                    "ONLINE_ENDPOINT_NAME: qiita-diabates-oep", with: "ONLINE_ENDPOINT_NAME: another-oep")
            ]),
        Change(
            testDescription: "a variable of one stage",
            files: ["mlops/config-infra-prod.yml": TemplateProject.infra + "\n  TRAINING_ENVIRONMENT_NAME: other\n"]),
        Change(
            testDescription: "an asset file",
            files: [environment: file(environment).replacing("ubuntu18.04", with: "ubuntu22.04")]),
        Change(
            testDescription: "a file that an asset names",
            files: ["data-science/environment/train-conda.yml": "name: other\ndependencies: [python=3.12]\n"]),
        Change(testDescription: "a file of a folder that an asset names", files: ["data-science/src/main.py": "new\n"]),
        Change(
            testDescription: "a stage file",
            files: ["environments/dev.yml": file("environments/dev.yml") + "\nprune: true\n"]),
        Change(
            testDescription: "what a binding is decided by: a second deployment",
            files: [
                "mlops/deploy/online/second.yml": file(deployment).replacing(
                    "name: \"override config-mlops.yml\"", with: "name: second")
            ]),
        Change(testDescription: "an asset file that goes", files: [environment: nil]),
        Change(testDescription: "a file that an asset names and that goes", files: ["data/diabetes.csv": nil]),
        Change(testDescription: "an asset file that is broken", files: [environment: "$schema: \"\nname: [\n"]),
        Change(
            testDescription: "an asset file that becomes foreign", files: [environment: "name: only a conda file\n"]),
        Change(testDescription: "a second file of one asset", files: ["mlops/again.yml": file(environment)]),
        Change(testDescription: "files that are left out", files: [".amlignore": "mlops/deploy\n"]),
        Change(testDescription: "nothing that a stage takes", files: ["README.md": "other\n"]),
    ]

    @Test("gives after each change, and after it is taken back, what a first reading gives", arguments: changes)
    func isNeverStale(_ change: Change) async throws {
        let fixture = try await TemplateProject.repository()
        let kept = try TemplateProject.reader(fixture)
        let before = try kept.read()
        #expect(try kept.read().project == before.project)

        try await fixture.run(["checkout", "--quiet", "develop"])
        try await fixture.commit(change.files)
        try await fixture.run(["branch", "--force", "main", "develop"])
        let changed = try kept.read()
        let fresh = try TemplateProject.reader(fixture).read()
        #expect(changed.project == fresh.project)
        #expect(changed.text == fresh.text)
        #expect(changed.project != before.project)

        try await fixture.run(["reset", "--quiet", "--hard", "HEAD~1"])
        try await fixture.run(["branch", "--force", "main", "develop"])
        #expect(try kept.read().project == before.project)
    }

    @Test("opens no object of what stayed the same")
    func readsWhatChanged() async throws {
        let fixture = try await TemplateProject.repository()
        let kept = try TemplateProject.reader(fixture)
        _ = try kept.read()
        try await fixture.run(["checkout", "--quiet", "develop"])
        let stayed = try await fixture.run(["rev-parse", "HEAD:mlops/deploy", "HEAD:\(Self.deployment)"])
        try await fixture.commit([Self.environment: Self.file(Self.environment) + "# more\n"])
        let whole = try TemplateProject.reader(fixture).read()
        for id in stayed.split(separator: "\n") {
            try await fixture.run(["cat-file", "-e", String(id)])
            try fixture.directory.remove("repository/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
        }
        #expect(try kept.read().project == whole.project)
    }
}
