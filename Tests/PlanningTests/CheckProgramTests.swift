import DesiredState
import Diagnostics
import Digest
import Subprocess
import TestSupport
import Testing
import Workspace

@testable import Planning

/// The program that a check's job is, run as a job runs it.
@Suite struct CheckProgramTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var run: DesiredCheck.Command
        var files: [String: String] = [:]
        var reports = DesiredCheck.Reports()
        var accepted: [Int] = []
        var timeout = 60
        var status: Int32 = 0
        var said: String
        /// What stands in the summary.
        var counts: [String: JSONValue] = [:]
        var testDescription: String { name }
    }

    private static let failed = """
        <testsuites><testsuite name="pytest" tests="3" failures="1" errors="0" skipped="1">
        <testcase classname="tests.test_split" name="test_even"/>
        <testcase classname="tests.test_split" name="test_odd"><failure message="AssertionError: x">
        def test_odd():
        &gt;       assert half(3) == 1
        E       assert 1.5 == 1

        tests/test_split.py:9: AssertionError
        /usr/lib/python3/site-packages/other.py:3: AssertionError</failure></testcase>
        </testsuite></testsuites>
        """

    static let cases: [Case] = [
        Case(name: "nothing is wrong", run: .arguments(["true"]), said: "passed"),
        Case(
            name: "a linter's lines are counted, and the first is told",
            run: .script("echo 'src/main.py:3:1: F821 undefined name x'; echo 'src/main.py:9:1: E1 y'; exit 1"),
            status: 1, said: "src/main.py:3:1: F821 undefined name x (2 problems)", counts: ["problems": 2]),
        Case(
            name: "a failed test is told with its own line, not a library's",
            run: .script("mkdir -p reports; cp given.xml reports/t.xml; exit 1"), files: ["given.xml": failed],
            reports: .init(junit: "reports/t.xml"), status: 1,
            said: "tests/test_split.py:9: test_odd: assert 1.5 == 1 (1 of 3 tests failed)",
            counts: ["tests": 3, "failures": 1, "skipped": 1]),
        Case(
            name: "counts and coverage come from the reports",
            run: .script("cp given.xml t.xml; cp lines.xml c.xml"),
            files: [
                "given.xml": "<testsuite tests='12' failures='0' errors='0' skipped='0'/>",
                "lines.xml": "<coverage line-rate='0.8757' lines-valid='100'/>",
            ], reports: .init(junit: "t.xml", coverage: "c.xml"), said: "passed",
            counts: ["tests": 12, "coverage": 87.6]),
        Case(
            name: "a report that was there before is not this run's", run: .arguments(["true"]),
            files: ["t.xml": failed], reports: .init(junit: "t.xml"), said: "passed"),
        Case(
            name: "a broken report keeps nobody from passing", run: .script("echo '<a' > t.xml"),
            reports: .init(junit: "t.xml"), said: "passed"),
        Case(
            name: "an accepted status passes", run: .script("exit 5"), accepted: [5], said: "passed"),
        Case(
            name: "a status without words is told", run: .script("echo all went wrong; exit 3"), status: 1,
            said: "ended with status 3: all went wrong"),
        Case(
            name: "a program that is not there is told", run: .arguments(["no-such-program"]), status: 1,
            said: "no-such-program cannot be started: No such file or directory"),
        Case(
            name: "what takes too long is ended", run: .arguments(["sleep", "600"]), timeout: 1, status: 1,
            said: "did not end within 1 seconds"),
    ]

    @Test("it ends with one sentence, and keeps the counts", arguments: cases)
    func program(_ example: Case) async throws {
        let folder = try TemporaryDirectory()
        for (name, text) in example.files { try folder.write(text, to: name) }
        let check = DesiredCheck(
            name: "it", command: example.run, timeoutSeconds: example.timeout, reports: example.reports,
            acceptedStatuses: example.accepted, environment: .null, code: SampleProject.file("a", "a"),
            key: ContentDigest(of: ""), source: SourceLocation(path: "environments/dev.yml"))
        let draft = CheckJob.draft(check, name: "check-1", tags: [:], environmentOverride: nil)
        var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
        for (name, value) in draft.fields["environment_variables"]?.objectValue ?? [:] {
            environment[name] = value.stringValue
        }
        let command = try #require(draft.fields["command"]?.stringValue).replacing(
            "python ", with: "python3 ", maxReplacements: 1)
        let output = try await Subprocess.run(
            ["/bin/sh", "-c", command], environment: environment, workingDirectory: folder.path, timeout: .seconds(60))
        #expect(output.status == .exited(example.status), "\(output.text) \(output.errorText)")
        #expect(output.text.split(separator: "\n").last.map(String.init) == example.said)
        let summary = try JSONParser.parse(folder.read("outputs/check.json"))
        #expect(summary["passed"] == .bool(example.status == 0))
        #expect(summary["said"] == .string(example.said))
        for (name, value) in example.counts { #expect(summary[name] == value, "\(name)") }
        if let report = example.reports.junit, example.files["given.xml"] != nil {
            #expect(try folder.read("outputs/reports/junit.xml") == example.files["given.xml"], "\(report)")
        }
    }

    @Test("the job carries what the check needs, and nothing of it stands in a shell's words")
    func draft() {
        var check = SampleProject.check("pytest", SampleContent())
        check.command = .arguments(["python", "-m", "pytest", "a b; rm -rf $HOME ${{inputs.x}}"])
        let draft = CheckJob.draft(check, name: "check-1", tags: ["a": "b"], environmentOverride: ["python": "3.11"])
        #expect(draft.fields["command"]?.stringValue == CheckProgram.command)
        #expect(draft.overlayPackages == ["pytest==8.3.4"])
        #expect(draft.content["code"] == check.code)
        #expect(draft.environmentOverride == ["python": "3.11"])
        #expect(draft.tags[TagName.check] == "pytest" && draft.tags["a"] == "b")
        #expect(draft.fields["limits"]?["timeout"] == 1860)
    }
}
