import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TestSupport
import Testing

/// When which checks hold, and what runs them again.
@Suite struct CheckReaderTests {
    private static let test = "data-science/tests/test_main.py"

    private static func checks(_ changes: [String: String?] = [:], stage: String = "dev") async throws -> [DesiredCheck]
    {
        let reading = try await TemplateProject.read(changes)
        #expect(
            reading.project.diagnostics.isEmpty
                && reading.stage(stage)?.diagnostics.contains { $0.severity == .error } == false)
        return reading.stage(stage)?.checks ?? []
    }

    private static func stage(_ text: String) -> [String: String?] {
        ["environments/dev.yml": (TemplateProject.files["environments/dev.yml"] ?? "") + "\n" + text]
    }

    @Test("a stage that promotes no other gets flake8 for its code, and pytest where there are tests")
    func defaults() async throws {
        let bare = try await Self.checks()
        #expect(bare.map(\.name) == ["flake8"])
        #expect(
            bare.first?.command
                == .arguments(["python", "-m", "flake8", "--select=E9,F63,F7,F82", "data-science/src"]))
        let tested = try await Self.checks([Self.test: "def test_it(): pass\n"])
        #expect(tested.map(\.name) == ["flake8", "pytest"])
        #expect(
            tested.last?.command
                == .arguments([
                    "python", "-m", "pytest", "data-science/tests", "--junitxml=reports/pytest.xml",
                    "--cov=data-science/src", "--cov-report=xml:reports/coverage.xml", "--cov-report=term",
                ]))
        #expect(tested.last?.reports == .init(junit: "reports/pytest.xml", coverage: "reports/coverage.xml"))
        #expect(tested.last?.environmentName == "qiita-skilling")
        #expect(tested.last?.environmentContent["environment.conda_file"] != nil)
        #expect(tested.last?.code.entries.contains { $0.path == "data/diabetes.csv" } == true)
        #expect(try await Self.checks([Self.test: "def test_it(): pass\n"], stage: "prod").isEmpty)
    }

    @Test("a project without Python code or without a training plans as ever")
    func nothingToCheck() async throws {
        #expect(try await Self.checks(["data-science/src/main.py": nil, "data-science/src/main.R": "1\n"]).isEmpty)
        #expect(try await Self.checks(Self.stage("checks: []")).isEmpty)
    }

    @Test("flake8 follows the project's own settings where it has some")
    func settings() async throws {
        let near = try await Self.checks(["data-science/.flake8": "[flake8]\n", ".flake8": "[flake8]\n"])
        #expect(
            near.first?.command
                == .arguments(["python", "-m", "flake8", "--config", "data-science/.flake8", "data-science/src"]))
        let shared = try await Self.checks(["setup.cfg": "[flake8]\nmax-line-length = 120\n"])
        #expect(
            shared.first?.command
                == .arguments(["python", "-m", "flake8", "--config", "setup.cfg", "data-science/src"]))
        let other = try await Self.checks(["setup.cfg": "[metadata]\n"])
        #expect(
            other.first?.command
                == .arguments(["python", "-m", "flake8", "--select=E9,F63,F7,F82", "data-science/src"]))
    }

    @Test("code, tests, settings and environment decide; a README, data and an approval do not")
    func keys() async throws {
        let tests: [String: String?] = [Self.test: "def test_it(): pass\n"]
        func key(_ changes: [String: String?]) async throws -> ContentDigest? {
            try await Self.checks(tests.merging(changes) { $1 }).last?.key
        }
        let before = try await key([:])
        for (path, text) in [
            "README.md": "# Other\n", "data/diabetes.csv": "PatientID,Age,Diabetic\n2,33,1\n", "notes/a.txt": "x\n",
        ] { #expect(try await key([path: text]) == before, "\(path)") }
        for (path, text) in [
            "data-science/src/main.py": "print('other')\n", Self.test: "def test_other(): pass\n",
            "data-science/environment/train-conda.yml": "name: other\ndependencies:\n  - python=3.9\n",
            "pytest.ini": "[pytest]\n",
        ] { #expect(try await key([path: text]) != before, "\(path)") }
    }

    @Test("a stage file says its own checks")
    func written() async throws {
        let checks = try await Self.checks(
            Self.stage(
                """
                checks:
                  - name: unit
                    run: [python, -m, pytest, data-science/src]
                    timeout: 5m
                    reports: { junit: out/unit.xml }
                    paths: [data]
                  - name: style
                    run: pylint data-science/src | tee lint.txt
                    environment: qiita-skilling
                    packages: ["pylint==3.2.7"]
                """))
        #expect(checks.map(\.name) == ["unit", "style"])
        #expect(checks.first?.timeoutSeconds == 300)
        #expect(checks.first?.reports == .init(junit: "out/unit.xml"))
        #expect(checks.first?.command == .arguments(["python", "-m", "pytest", "data-science/src"]))
        #expect(checks.last?.command == .script("pylint data-science/src | tee lint.txt"))
        #expect(checks.last?.packages.last == "pylint==3.2.7")
        #expect(checks.first?.key != checks.last?.key)
    }

    @Test("what is wrong in a check is told where it stands")
    func mistakes() async throws {
        let text = try await TemplateProject.findings(
            Self.stage(
                """
                checks:
                  - name: Unit Tests
                    run: [pytest]
                  - name: unit
                    run: []
                  - name: lint
                    run: flake8
                    environment: qiita-skiling
                  - name: lint
                    run: flake8
                    packages: ["-r secrets.txt"]
                    reports: { junit: ../out.xml, html: x }
                  - name: gone
                    run: x
                    paths: [nowhere]
                    timout: 3
                """))
        for words in [
            "environments/dev.yml:7:11: error: \"Unit Tests\" is no name for a check",
            "environments/dev.yml:10:10: error: expected a program and its arguments, found a list",
            "environments/dev.yml:13:18: error: no environment of this project is named \"qiita-skiling\"",
            "hint: did you mean \"qiita-skilling\"?",
            "environments/dev.yml:14:11: error: two checks are named \"lint\"",
            "environments/dev.yml:16:16: error: \"-r secrets.txt\" is no requirement",
            "environments/dev.yml:17:23: error: \"../out.xml\" is no path below the project's folder",
            "environments/dev.yml:17:35: error: unknown key \"html\"",
            "environments/dev.yml:20:13: error:",
            "environments/dev.yml:21:5: error: unknown key \"timout\"",
        ] { #expect(text.contains(words), "\(words)\n\(text)") }
    }

    @Test("a stage that releases another has no checks")
    func release() async throws {
        let text = try await TemplateProject.findings([
            "environments/blue.yml": (TemplateProject.files["environments/blue.yml"] ?? "") + "\nchecks: []\n"
        ])
        #expect(text.contains("\"checks\" has no meaning in a stage that releases another"))
    }
}
