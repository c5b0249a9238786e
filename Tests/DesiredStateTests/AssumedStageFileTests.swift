import DesiredState
import Diagnostics
import Git
import TestSupport
import Testing

@Suite("Writing down what is assumed")
struct AssumedStageFileTests {
    struct Layout: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var files: [String: String]
        var folder = ""
    }

    static let layouts: [Layout] = {
        let classical = ClassicalProject.configured
        let template = TemplateProject.files.filter { !$0.key.hasPrefix("environments/") }
        var shared: [String: String] = [:]
        for (path, text) in ClassicalProject.assets { shared["apps/bikes/\(path)"] = text }
        for name in ["dev", "prod"] { shared["config-infra-\(name).yml"] = ClassicalProject.infra(name) }
        for (path, text) in ClassicalProject.pipelines { shared["apps/bikes/\(path)"] = text }
        let odd = classical["mlops/azureml/train/job.yml"] ?? ""
        return [
            Layout(testDescription: "the walkthrough's template", files: template),
            Layout(
                testDescription: "names from GitHub's workflows",
                files: classical.merging(ClassicalProject.workflows) { $1 }),
            Layout(
                testDescription: "names from Azure's pipelines, and a job they leave out",
                files: classical.merging(ClassicalProject.pipelines) { $1 }
                    .merging(["mlops/azureml/train/tryout.yml": odd]) { $1 }),
            Layout(testDescription: "no pipelines at all", files: classical),
            Layout(testDescription: "config files above the project", files: shared, folder: "apps/bikes"),
        ]
    }()

    @Test("leaves every stage as it was", arguments: layouts)
    func same(_ layout: Layout) async throws {
        let fixture = try await ClassicalProject.repository(layout.files)
        let reader = ProjectReader(repository: try Repository.open(fixture.path), folder: layout.folder)
        let before = try reader.read()
        let files = try reader.assumedStageFiles(.branches)
        #expect(files.map(\.path) == ["environments/dev.yml", "environments/prod.yml"])
        let prefix = layout.folder.isEmpty ? "" : "\(layout.folder)/"
        let gone = layout.files.keys.filter { $0.contains("pipelines/") || $0.hasPrefix(".github/") }
        // The pipelines may go: what they passed is written down.
        var changes: [String: String?] = Dictionary(uniqueKeysWithValues: gone.map { ($0, nil) })
        for file in files { changes[prefix + file.path] = file.text }
        try await fixture.commit(changes, message: "Write down what is assumed")
        try await fixture.run(["branch", "--force", "develop", "main"])
        let after = try reader.read()
        #expect(after.diagnostics == before.diagnostics)
        #expect(after.project.stages.count == before.project.stages.count)
        for (old, new) in zip(before.project.stages, after.project.stages) {
            var (old, new) = (old, new)
            (old.commit, old.source) = (nil, nil)
            (new.commit, new.source) = (nil, nil)
            // Checks take the whole tree along, in which the stage files are now; what they are is the same.
            #expect(old.checks.map(\.key) == new.checks.map(\.key))
            #expect(old.checks.map(\.source) == new.checks.map(\.source))
            (old.checks, new.checks) = ([], [])
            #expect(old == new)
        }
        #expect(
            after.project.assumptions.filter { !$0.hasPrefix("model ") } == [
                "gate prod/register_model stays closed until environments/prod.yml names its reviewers"
            ])
        #expect(try reader.assumedStageFiles(.branches) == [])
    }

    @Test("writes stages too that wait for their branch")
    func waiting() async throws {
        let fixture = try await ClassicalProject.repository(ClassicalProject.configured)
        try await fixture.run(["branch", "-q", "-D", "develop"])
        let reader = ProjectReader(repository: try Repository.open(fixture.path))
        let files = try reader.assumedStageFiles(.branches)
        #expect(files.map(\.path) == ["environments/dev.yml", "environments/prod.yml"])
        #expect(
            files.first?.text == """
                name: dev
                branch: develop
                config: [config-infra-dev.yml]
                workspace: { type: local }
                overrides: {}

                """)
    }
}
