import Digest
import Foundation
import Subprocess
import TestSupport
import Testing

@Suite("Checks before dev", .serialized)
struct CheckStoryTests {
    /// A project whose training needs no package, so that its environment is made in a moment.
    static let files = [
        "environments/dev.yml": "name: dev\nbranch: develop\nworkspace: { type: local }\n",
        "mlops/env.yml": """
        $schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
        name: bare
        image: mcr.example.com/base:1
        conda_file: conda.yml

        """,
        "mlops/conda.yml": "dependencies:\n  - pip\n",
        "mlops/train.yml": """
        $schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
        code: ../src
        command: python train.py
        environment: azureml:bare@latest

        """,
        "src/train.py": "def half(number):\n    return number // 2\n\n\nprint(half(4))\n",
        "tests/test_train.py": "import train\n\n\ndef test_half():\n    assert train.half(4) == 2\n",
    ]

    @Test("checks run once before the training, a failing test closes the way and says where, a fix opens it")
    func story() async throws {
        let project = try await Project(stages: [], files: Self.files)
        let git = project.git
        try await git.commit(message: "Train")
        let first = try await project.reconcile()
        #expect(first.status == .exited(0), "\(first.text) \(first.errorText)")
        #expect(
            try await checks(project) == [
                "flake8": "unchanged passed", "pytest": "unchanged passed: 1 test, coverage 100%",
            ])
        let status = try await project.reconcile("status")
        #expect(status.text.contains("check       pytest  passed: 1 test, coverage 100%"))
        let history = try await project.reconcile("history")
        #expect(history.text.contains("passed: 1 test, coverage 100%"))
        #expect(try await project.names("command_job").count == 3)

        // Uncommitted: the same checks, on what is in the working tree.
        try git.directory.write(
            "def half(number):\n    return number / 3\n", to: "repository/src/train.py")
        let unsaved = try await project.reconcile("check", "--quiet")
        #expect(unsaved.status == .exited(1), "\(unsaved.text) \(unsaved.errorText)")
        let sentence = "tests/test_train.py:5: test_half: assert 1.3333333333333333 == 2"
        #expect(unsaved.text.contains(sentence), "\(unsaved.text)")
        #expect(unsaved.text.contains("✓ flake8"))

        try await git.commit(message: "Break it")
        let failed = try await project.reconcile()
        #expect(failed.status == .exited(1), "\(failed.text) \(failed.errorText)")
        #expect(failed.text.contains(sentence))
        #expect(try await checks(project)["pytest"]?.hasPrefix("blocked failed: \(sentence)") == true)
        let trainings = try await project.names("command_job").filter { $0.hasPrefix("train-") }
        #expect(trainings.count == 1)

        try git.directory.write(
            "def half(number):\n    return number // 2\n\n\nprint(half(8))\n", to: "repository/src/train.py")
        let json = try #require(try await project.json("check") as? [String: Any])
        #expect(json["passed"] as? Bool == true)
        let outcomes = try #require(json["checks"] as? [[String: Any]])
        #expect(outcomes.compactMap { $0["name"] as? String } == ["flake8", "pytest"])
        #expect(outcomes.last?["tests"] as? Int == 1)
        try await git.commit(message: "Mend it")
        let mended = try await project.reconcile()
        #expect(mended.status == .exited(0), "\(mended.text) \(mended.errorText)")
        #expect(try await project.names("command_job").filter { $0.hasPrefix("train-") }.count == 2)
    }

    /// The checks of the plan: verb and reason by name.
    private func checks(_ project: Project) async throws -> [String: String] {
        let output = try await project.reconcile("--dry-run", "--output", "json")
        let plan = try JSONParser.parse(output.stdout)
        var found: [String: String] = [:]
        for action in (plan["stages"]?.arrayValue ?? []).flatMap({ $0["actions"]?.arrayValue ?? [] })
        where action["kind"]?.stringValue == "check" {
            found[action["name"]?.stringValue ?? ""] =
                "\(action["verb"]?.stringValue ?? "") \(action["reason"]?.stringValue ?? "")"
        }
        return found
    }
}
