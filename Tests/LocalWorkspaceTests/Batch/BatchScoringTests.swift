import Digest
import Foundation
import LocalWorkspace
import Subprocess
import TestSupport
import Testing
import Workspace

@Suite("Batch scoring", .serialized, .timeLimit(.minutes(10)))
struct BatchScoringTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func scoring(_ fields: [String: JSONValue] = [:], script: String? = nil) throws -> BatchScoring {
        var own: BatchScoring.Script?
        if let script {
            try folder.write(script, to: "code/score.py")
            own = .init(codeDirectory: folder.file("code"), entryScript: "score.py")
        }
        return try BatchScoring(
            fields: .object(fields), input: folder.file("in"), outputDirectory: folder.file("out"),
            modelDirectory: folder.file("mlflow_model"), script: own)
    }

    private func run(_ scoring: BatchScoring, python: String = "python3") async throws -> Subprocess.Output {
        let command = try scoring.command(interpreter: python, layout: StateLayout(root: folder.file("state")))
        return try await Subprocess.run(command, timeout: .seconds(120))
    }

    private func output() throws -> [String] {
        try folder.read("out/predictions.csv").split(separator: "\n").map(String.init)
    }

    private static let countLines = """
        import os
        def init(): print("init", os.environ["AZUREML_MODEL_DIR"])
        def run(batch): return ["%s %d" % (os.path.basename(path), len(batch)) for path in batch]
        """

    @Test("A script gets so many files a call, and its rows come in the files' order")
    func miniBatches() async throws {
        for name in ["c", "a", "e", "b", "d"] { try folder.write("x", to: "in/\(name).txt") }
        let scoring = try scoring(
            ["mini_batch_size": .int(2), "max_concurrency_per_instance": .int(3)], script: Self.countLines)
        let result = try await run(scoring)
        #expect(result.status.isSuccess, "\(result.text)")
        #expect(try output() == ["a.txt 2", "b.txt 2", "c.txt 2", "d.txt 2", "e.txt 1"])
        #expect(try scoring.summary() == BatchSummary.expected(files: 5, miniBatches: 3, rows: 5))
    }

    @Test("A worker that hangs or dies is replaced and its mini-batch tried again")
    func retries() async throws {
        for name in ["a", "b", "c"] { try folder.write("x", to: "in/\(name).txt") }
        let script = """
            import os, time
            def init(): pass
            def run(batch):
                name = os.path.basename(batch[0])
                mark = os.path.join("\(folder.path)", name)
                if not os.path.exists(mark):
                    open(mark, "w").close()
                    if name == "a.txt": time.sleep(60)
                    if name == "b.txt": os._exit(9)
                    raise RuntimeError("not yet")
                return [name]
            """
        let retry = JSONValue.object(["max_retries": .int(1), "timeout": .int(1)])
        let result = try await run(try scoring(["mini_batch_size": .int(1), "retry_settings": retry], script: script))
        #expect(result.status.isSuccess, "\(result.text)")
        #expect(try output() == ["a.txt", "b.txt", "c.txt"])
        for reason in ["no result within 1 s", "ended with status 9", "RuntimeError: not yet"] {
            #expect(result.text.contains(reason))
        }
    }

    @Test("More failed files than the threshold allows end the run with one sentence")
    func threshold() async throws {
        for name in ["a", "b"] { try folder.write("x", to: "in/\(name).txt") }
        let script = "def run(batch):\n    raise ValueError('no good')\n"
        let none = JSONValue.object(["max_retries": .int(0)])
        let result = try await run(
            try scoring(
                ["error_threshold": .int(0), "mini_batch_size": .int(1), "retry_settings": none], script: script))
        #expect(result.status == .exited(1))
        #expect(
            BatchScoring.failure(inLog: result.text)
                == "1 files failed, which is more than error_threshold 0; a.txt: ValueError: no good")
    }

    @Test("A run that is started again keeps what was finished")
    func resume() async throws {
        for name in ["a", "b"] { try folder.write("x", to: "in/\(name).txt") }
        let script = """
            import os
            def run(batch):
                with open("\(folder.path)/calls", "a") as calls: calls.write(os.path.basename(batch[0]))
                if os.path.basename(batch[0]) == "b.txt" and not os.path.exists("\(folder.path)/go"): os._exit(1)
                return [1]
            """
        let none = JSONValue.object(["max_retries": .int(0)])
        let scoring = try scoring(
            ["mini_batch_size": .int(1), "error_threshold": .int(0), "retry_settings": none], script: script)
        #expect(try await run(scoring).status == .exited(1))
        #expect(!FileManager.default.fileExists(atPath: folder.file("out/predictions.csv")))
        for part in try FileManager.default.subpathsOfDirectory(atPath: folder.file("out/.parts"))
        where part.contains("000001.") {
            try FileManager.default.removeItem(atPath: folder.file("out/.parts/\(part)"))
        }
        try folder.write("", to: "go")
        #expect(try await run(scoring).status.isSuccess)
        #expect(try folder.read("calls") == "a.txtb.txtb.txt")
        #expect(try output() == ["1", "1"])
    }

    @Test("An input that is not there and a script that cannot start are told in one sentence")
    func starts() async throws {
        let lost = try await run(try scoring(script: Self.countLines))
        #expect(BatchScoring.failure(inLog: lost.text) == "the input in does not exist")
        try folder.write("x", to: "in/a.txt")
        let broken = try await run(try scoring(script: "import nothing_of_the_kind\n"))
        #expect(
            BatchScoring.failure(inLog: broken.text)
                == "the entry script cannot be started: ModuleNotFoundError: No module named 'nothing_of_the_kind'")
    }

    @Test("Every odd file gives a result or one sentence, and never a stack trace")
    func oddFiles() async throws {
        _ = try await RealModel.make(in: folder)
        let spec = try EnvironmentSpec.model(directory: folder.file("mlflow_model"), forServing: false)
        let python = try await PythonEnvironments(SharedState.layout).prepare(spec).python
        let files: [(name: String, text: String, failure: String?)] = [
            ("1-plain.csv", "height,weight\n1,4\n4,1\n", nil),
            ("2-more-columns.csv", "name,weight,height\nx,1,4\n", nil),
            ("3-one-row.csv", "height,weight\n4,1", nil),
            ("4-no-header.csv", "1,4\n4,1\n", nil),
            ("5-one-line-no-header.csv", "4,1\n", nil),
            ("6-header-only.csv", "height,weight\n", nil),
            ("7-ünïcode 名.csv", "\u{FEFF}height,weight\n1,4\n", nil),
            ("empty.csv", "", "is empty"),
            ("few.csv", "1\n", "has no header and 1 columns where the model takes 2 (height, weight)"),
            (
                "names.csv", "a,b\n1,2\n",
                "the model wants the columns height, weight, which are not there; not known to it: a, b"
            ),
            (
                "prose.csv", "not a table at all\nreally\n",
                "the model wants the columns height, weight, which are not there; not known to it: not a table at all"
            ),
            ("text.csv", "height,weight\ntall,1\n", "column height wants numbers and got 'tall'"),
        ]
        for file in files { try folder.write(file.text, to: "in/\(file.name)") }
        let scoring = try scoring(["mini_batch_size": .int(3), "max_concurrency_per_instance": .int(2)])
        let result = try await run(scoring, python: python)
        #expect(result.status.isSuccess, "\(result.text)")
        #expect(!(result.text + result.errorText).contains("Traceback"))
        #expect(
            try output() == [
                "0,0,1-plain.csv", "1,1,1-plain.csv", "0,1,2-more-columns.csv", "0,1,3-one-row.csv",
                "0,0,4-no-header.csv",
                "1,1,4-no-header.csv", "0,1,5-one-line-no-header.csv", "0,0,7-ünïcode 名.csv",
            ])
        let told = Dictionary(
            try #require(try scoring.summary()).failures.map { ($0.file, $0.reason) },
            uniquingKeysWith: { first, _ in first })
        for file in files { #expect(told[file.name] == file.failure, "\(file.name)") }
    }

    @Test("Settings that make no sense are refused by name")
    func settings() throws {
        for (field, value) in [
            ("mini_batch_size", JSONValue.int(0)), ("output_action", .string("mail")), ("error_threshold", .int(-2)),
            ("output_file_name", .string("../x")),
        ] {
            let error = #expect(throws: WorkspaceError.self) { try scoring([field: value]) }
            #expect(error?.message.contains(field) == true)
        }
        let nested = try scoring([
            "settings": .object(["mini_batch_size": .int(7), "output_file_name": .string("p.csv")])
        ])
        #expect(nested.miniBatchSize == 7 && nested.outputFileName == "p.csv" && nested.errorThreshold == -1)
    }
}

extension BatchSummary {
    /// A run in which nothing failed.
    static func expected(files: Int, miniBatches: Int, rows: Int) -> BatchSummary? {
        let text = """
            {"files": \(files), "mini_batches": \(miniBatches), "rows": \(rows), "failed_files": 0, "failures": [],
            "output": "predictions.csv"}
            """
        return try? JSONDecoder().decode(BatchSummary.self, from: Data(text.utf8))
    }
}
