import AssetSchema
import DesiredState
import TestSupport
import Testing

/// Rules, a path, and whether `pathspec.PathSpec.from_lines("gitwildmatch", …)` of Azure's SDK leaves it out.
struct IgnoreCase: CustomTestStringConvertible {
    var rules: String
    var kept: [String]
    var left: [String]

    var testDescription: String { rules.replacing("\n", with: "⏎") }
}

@Suite("Ignore rules of a code folder")
struct IgnoreRulesTests {
    static let cases: [IgnoreCase] = [
        .init(rules: "*.pyc\n", kept: ["a.py"], left: ["a.pyc", "x/y/b.pyc"]),
        .init(rules: "build/\n", kept: ["src/build.py"], left: ["build/a", "x/build/b/c"]),
        .init(rules: "/build\n", kept: ["x/build/c"], left: ["build/a"]),
        .init(rules: "a/b\n", kept: ["x/a/b"], left: ["a/b/c"]),
        .init(rules: "**/logs\n", kept: ["logs.txt"], left: ["logs/a", "x/y/logs/b"]),
        .init(rules: "logs/**\n", kept: ["x/logs/a"], left: ["logs/a", "logs/b/c"]),
        .init(rules: "a/**/z\n", kept: ["b/z"], left: ["a/z", "a/b/z", "a/b/c/z"]),
        .init(rules: "*\n!keep.txt\n", kept: ["keep.txt", "x/keep.txt"], left: ["a", "x/y"]),
        .init(rules: "data[0-9].csv\nd?.txt\n", kept: ["dataX.csv", "d.txt"], left: ["data1.csv", "x/d1.txt"]),
        .init(rules: "data[!0-9].csv\n", kept: ["data1.csv"], left: ["dataX.csv"]),
        .init(rules: "# comment\n\n\\#file\n", kept: ["comment"], left: ["#file"]),
        .init(rules: "notes.txt   \n", kept: ["notes.md"], left: ["notes.txt"]),
        .init(rules: "*a*a*a*a*a*a*b\n", kept: [String(repeating: "a", count: 200)], left: ["aaaaaab"]),
        .init(rules: "x/*/y\n", kept: ["x/y", "x/1/2/y"], left: ["x/1/y/z"]),
    ]

    @Test("leave files out as Azure's SDK does", arguments: cases)
    func rules(_ testCase: IgnoreCase) async throws {
        var files: [String: String?] = ["data-science/src/.amlignore": testCase.rules]
        for path in testCase.kept + testCase.left { files["data-science/src/\(path)"] = "x" }
        let reading = try await TemplateProject.read(files)
        let job = try #require(reading.stage("dev")?.asset("command_job/pipeline"))
        let names = Set(job.content["code"]?.entries.map(\.path) ?? [])
        for path in testCase.kept { #expect(names.contains(path), "\(path) should be kept") }
        for path in testCase.left { #expect(!names.contains(path), "\(path) should be left out") }
    }

    @Test("are .amlignore's where there is one, and .gitignore's else, and never data's")
    func precedence() async throws {
        let reading = try await TemplateProject.read([
            "data-science/src/.amlignore": "*.a\n", "data-science/src/.gitignore": "*.b\n",
            "data-science/src/x.a": "", "data-science/src/x.c": "",
            "data/.amlignore": "*.csv\n",
        ])
        let dev = try #require(reading.stage("dev"))
        #expect(
            dev.asset("command_job/pipeline")?.content["code"]?.entries.map(\.path) == [
                ".amlignore", ".gitignore", "main.py", "x.c",
            ])
        #expect(dev.asset("data/qiita-diabates")?.content["path"]?.entries.map(\.path) == ["diabetes.csv"])
    }
}
