import AssetSchema
import DesiredState
import Diagnostics
import Git
import TestSupport
import Testing

@Suite("Finding stages")
struct DiscoveryTests {
    @Test("reads each stage, and its stage file, from its own branch")
    func ownBranch() async throws {
        let fixture = try await TemplateProject.repository()
        try await fixture.run(["checkout", "-q", "develop"])
        try await fixture.commit(
            [
                "environments/dev.yml": (TemplateProject.files["environments/dev.yml"] ?? "") + "\nprune: true\n",
                "environments/prod.yml": "name: prod\nbranch: main\nprune: true\n",
                "data/diabetes.csv": "A\n1\n",
            ], message: "Newer data\n\nWith a body", author: "Bob <bob@example.com>")
        let project = try TemplateProject.reader(fixture).read().project
        #expect(project.stages.map(\.prune) == [true, false, false])
        #expect(project.stages.map { $0.commit?.summary } == ["Newer data", "Begin", "Begin"])
        #expect(
            project.stages.map { $0.commit?.authorEmail } == [
                "bob@example.com", "alice@example.com", "alice@example.com",
            ])
        #expect(project.stages.map(\.branch) == ["develop", "main", "main"])
        let data = project.stages.map { $0.asset("data/qiita-diabates")?.digest }
        #expect(data[0] != data[1])
    }

    @Test("lets a stage begin when its file is on its own branch")
    func notMerged() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(["README.md": "# Empty\n"], message: "Begin")
        try await fixture.run(["checkout", "-q", "-b", "develop"])
        try await fixture.commit(TemplateProject.files.mapValues { $0 }, message: "All of it")
        let reading = try TemplateProject.reader(fixture).read()
        #expect(reading.project.stages.map(\.name) == ["dev"])
        #expect(
            reading.project.assumptions == [
                "environments/blue.yml stands on develop only: stage blue begins when it is on main",
                "environments/prod.yml stands on develop only: stage prod begins when it is on main",
            ])
        #expect(reading.project.diagnostics == [])
    }

    @Test("waits for a branch that is not there")
    func noBranch() async throws {
        let fixture = try await TemplateProject.repository()
        try await fixture.run(["branch", "-q", "-D", "develop"])
        let reading = try TemplateProject.reader(fixture).read()
        #expect(reading.project.stages.map(\.name) == ["prod", "blue"])
        #expect(
            reading.project.diagnostics.map(\.description) == [
                "environments/dev.yml:2:9: warning: there is no branch \"develop\"; stage dev waits for it"
            ])
    }

    @Test("reads all stages from one revision, or from the work tree")
    func oneSnapshot() async throws {
        let fixture = try await TemplateProject.repository()
        try await fixture.commit(["data/diabetes.csv": "A\n2\n"], message: "On main")
        let reader = try TemplateProject.reader(fixture)
        let revision = try reader.read(.revision("main")).project
        #expect(revision.stages.map { $0.commit?.summary } == ["On main", "On main", "On main"])
        #expect(try reader.read(.revision("HEAD~1")).project.stages[0].commit?.summary == "Begin")
        #expect(throws: GitError.self) { try reader.read(.revision("no-such")) }

        try fixture.directory.write("A\n3\n", to: "repository/data/diabetes.csv")
        try fixture.directory.write("not tracked", to: "repository/data-science/src/new.py")
        let worktree = try reader.read(.worktree).project
        #expect(worktree.stages.map(\.commit) == [nil, nil, nil])
        let committed = try #require(revision.stages[0].asset("command_job/pipeline"))
        let edited = try #require(worktree.stages[0].asset("command_job/pipeline"))
        #expect(edited.content["code"]?.entries.map(\.path) == ["main.py", "new.py"])
        #expect(edited.digest != committed.digest)
        let parts = zip(edited.parts, committed.parts).filter { $0 != $1 }.map(\.0.name)
        #expect(parts == ["code", "inputs.input"])
    }

    @Test("infers dev and prod from the two infrastructure files, with prod's gate closed")
    func inferred() async throws {
        let none: [String: String?] = [
            "environments/dev.yml": nil, "environments/prod.yml": nil, "environments/blue.yml": nil,
        ]
        let reading = try await TemplateProject.read(none)
        #expect(reading.project.stages.map(\.name) == ["dev", "prod"])
        #expect(reading.project.stages.map(\.source) == [nil, nil])
        #expect(reading.project.stages.map(\.assets.count) == [8, 8])
        #expect(reading.stage("prod")?.promotes == "dev")
        #expect(reading.stage("prod")?.protectionRules["register_model"]?.approvals == 1)
        #expect(
            reading.project.assumptions == [
                "stage dev follows develop, with the variables of mlops/config-mlops.yml and mlops/config-infra-dev.yml",
                "stage prod follows main, with the variables of mlops/config-mlops.yml and mlops/config-infra-prod.yml",
                "prod takes only what dev has trained, deployed and tested",
                "gate prod/register_model stays closed until environments/prod.yml names its reviewers",
            ])
    }

    @Test("says so when there is no project, or not even a commit")
    func nothing() async throws {
        let fixture = try await GitFixture()
        let reader = try TemplateProject.reader(fixture)
        #expect(try reader.read().text == "warning: the repository has no commit to read a project from\n1 warning\n")
        try await fixture.commit(["README.md": "# Nothing\n"])
        #expect(
            try reader.read().text == """
                error: no environments/*.yml and no config-infra-dev.yml or config-infra-prod.yml here
                      hint: `reconcile init` lays a new project down
                1 error

                """)
    }

    @Test("reads a project in a folder of its repository")
    func folder() async throws {
        let fixture = try await GitFixture()
        var files: [String: String?] = ["other/mlops/model.yml": "$schema: https://azuremlschemas/model.schema.json\n"]
        for (path, text) in TemplateProject.files { files["teams/one/\(path)"] = text }
        try await fixture.commit(files)
        try await fixture.run(["branch", "develop"])
        let reader = ProjectReader(repository: try Repository.open(fixture.path), folder: "teams/one/")
        let project = try reader.read().project
        #expect(project.path == "teams/one")
        #expect(project.stages.map(\.assets.count) == [8, 8, 0])
        #expect(project.stages[0].assets[0].source.path == "mlops/continuous-training/train-env.yml")
    }

    @Test("never follows a link, and says so")
    func links() async throws {
        let fixture = try await TemplateProject.repository(["mlops/deploy/batch/batch-dataset.yml": nil])
        try await fixture.run(["rm", "-q", "data/diabetes.csv"])
        try await fixture.run(["config", "core.symlinks", "true"])
        let blob = try await fixture.run(["hash-object", "-w", "--stdin"], input: Array("/etc/passwd".utf8))
        try await fixture.run(["update-index", "--add", "--cacheinfo", "120000,\(blob),data/diabetes.csv"])
        try await fixture.run(["update-index", "--add", "--cacheinfo", "120000,\(blob),data-science/src/link.py"])
        try await fixture.run(["commit", "-q", "-m", "Links"])
        let reading = try TemplateProject.reader(fixture).read()
        #expect(
            reading.text == """
                mlops/continuous-training/dataset.yml:5:7: error: data/diabetes.csv is a symlink, and those are not followed
                    5 | path: ../../data/diabetes.csv
                      |       ^
                      hint: commit the file itself
                mlops/continuous-training/pipeline.yml:2:7: error: data-science/src/link.py is a symlink, and those are not followed
                    2 | code: ../../data-science/src
                      |       ^
                      hint: commit the file itself
                2 errors

                """)
    }

    @Test("refuses stages behind a link, more than a hundred of them, and files that are left out are told")
    func hostileFolders() async throws {
        let linked = try await TemplateProject.repository([:])
        try await linked.run(["rm", "-q", "-r", "environments"])
        let blob = try await linked.run(["hash-object", "-w", "--stdin"], input: Array("/etc".utf8))
        try await linked.run(["update-index", "--add", "--cacheinfo", "120000,\(blob),environments"])
        try await linked.run(["update-index", "--add", "--cacheinfo", "120000,\(blob),mlops/link.yml"])
        try await linked.run(["commit", "-q", "-m", "Links"])
        let reading = try ProjectReader(repository: try Repository.open(linked.path)).read(.revision("HEAD"))
        #expect(reading.project.stages.isEmpty)
        #expect(
            reading.project.diagnostics.map(\.message) == ["environments is a symlink, and those are not followed"])

        var many: [String: String?] = ["mlops/large.yml": "type: uri_file\n#" + String(repeating: "x", count: 1 << 20)]
        let large = try await TemplateProject.read(many)
        #expect(large.text.contains("mlops/large.yml:1:1: warning: left out: it can't be read, or is larger than 1 MB"))
        many = [:]
        for number in 0..<101 {
            many["environments/s\(number).yml"] = "name: s\(number)\nbranch: develop\nworkspace: { type: local }\n"
        }
        let crowded = try await TemplateProject.read(many)
        #expect(crowded.text.contains("there are 104 stages; at most 100 are read"))
    }
}
