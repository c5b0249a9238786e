import AssetSchema
import Digest
import Foundation
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Parallel jobs, really run")
struct ParallelTests {
    private static let script = """
        import argparse, os
        def init():
            global options
            parser = argparse.ArgumentParser()
            parser.add_argument("--bad"), parser.add_argument("--model")
            options, _ = parser.parse_known_args()
        def run(batch):
            names = [os.path.basename(path) for path in batch]
            if options.bad in names:
                raise ValueError("cannot read " + options.bad)
            return ["%s of %d by %s" % (name, len(batch), open(options.model + "/name").read()) for name in names]
        """

    private static func fields(bad: String, threshold: Int) -> JSONValue {
        [
            "outputs": ["rows": ["type": "uri_file"]],
            "jobs": [
                "score": [
                    "type": "parallel", "mini_batch_size": "2", "max_concurrency_per_instance": 2,
                    "mini_batch_error_threshold": .int(Int64(threshold)),
                    "retry_settings": ["max_retries": 1, "timeout": 60], "input_data": "${{inputs.files}}",
                    "resources": ["instance_count": 2], "logging_level": "DEBUG",
                    "inputs": [
                        "files": ["type": "uri_folder", "path": "./in"],
                        "model": ["type": "uri_folder", "path": "./m"],
                        "bad": .string(bad),
                    ], "outputs": ["rows": "${{parent.outputs.rows}}"],
                    "task": [
                        "type": "run_function", "entry_script": "score.py", "environment": "azureml:plain:1",
                        "program_arguments": "--model ${{inputs.model}} --bad ${{inputs.bad}} --error_threshold 5",
                        "append_row_to": "${{outputs.rows}}",
                    ],
                ],
                "view": PipelineFixture.step(
                    "cat ${{inputs.rows}}", inputs: ["rows": "${{parent.jobs.score.outputs.rows}}"]),
            ],
        ]
    }

    private static let files = [
        "jobs.score.task.code": ["score.py": script],
        "jobs.score.inputs.model.path": ["name": "ann"],
        "jobs.score.inputs.files.path": ["a.txt": "1", "b.txt": "2", "c.txt": "3", "d.txt": "4", "e.txt": "5"],
    ]

    @Test("Every mini-batch gets so many files, and its rows come into one file in the files' order")
    func rows() async throws {
        let fixture = try await PipelineFixture()
        let job = try await fixture.run("p", Self.fields(bad: "none", threshold: 0), files: Self.files)
        #expect(job.status == .completed, "\(job.error ?? "") \(fixture.log("p--score"))")
        let rows = "a.txt of 2 by ann\nb.txt of 2 by ann\nc.txt of 2 by ann\nd.txt of 2 by ann\ne.txt of 1 by ann\n"
        #expect(try fixture.text("p", "outputs.rows", "rows") == rows)
        #expect(fixture.log("p--view").hasPrefix(rows))
    }

    @Test("Mini-batches may fail up to the threshold")
    func threshold() async throws {
        let fixture = try await PipelineFixture()
        let job = try await fixture.run("p", Self.fields(bad: "c.txt", threshold: 1), files: Self.files)
        #expect(job.status == .completed, "\(job.error ?? "") \(fixture.log("p--score"))")
        #expect(
            try fixture.text("p", "outputs.rows", "rows")
                == "a.txt of 2 by ann\nb.txt of 2 by ann\ne.txt of 1 by ann\n")
        let failed = try await fixture.run("q", Self.fields(bad: "c.txt", threshold: 0), files: Self.files)
        #expect(failed.status == .failed)
        #expect(
            failed.error == "the step score exited with status 1: 1 mini-batches failed, which is more than "
                + "mini_batch_error_threshold 0; mini-batch 2 (c.txt): ValueError: cannot read c.txt")
    }

    @Test("A table is cut between its rows into frames of so many bytes")
    func table() async throws {
        let fixture = try await PipelineFixture()
        try await fixture.register(.environment, "frames", ["conda_file": .string(SharedState.conda)])
        let (draft, content) = fixture.draft(
            "t",
            [
                "mini_batch_size": "20b", "input_data": "${{inputs.table}}", "mini_batch_error_threshold": 0,
                "inputs": ["table": ["type": "mltable", "path": "./table"]], "outputs": ["rows": ["type": "uri_file"]],
                "task": [
                    "entry_script": "sum.py", "environment": "azureml:frames:1", "append_row_to": "${{outputs.rows}}",
                ],
            ],
            files: [
                "task.code": [
                    "sum.py": """
                    def run(frame, context):
                        return ["%d: %s" % (context.minibatch_index, ",".join(frame.columns))] + list(frame["a"])[1:]
                    """
                ],
                "inputs.table.path": [
                    "MLTable": """
                    paths:
                      - pattern: ./*.csv
                    transformations:
                      - read_delimited: {delimiter: ',', header: all_files_same_headers, encoding: utf8}
                      - drop_columns: [c]
                    """, "one.csv": "a,b,c\n1,\"x\ny\",3\n2,z,3\n3,z,3\n4,z,3\n", "two.csv": "a,b,c\n5,z,3\n",
                ],
            ], kind: .parallelJob)
        let job = try await fixture.base.run(draft, content)
        #expect(job.status == .completed, "\(job.error ?? "") \(fixture.log("t"))")
        #expect(try fixture.text("t", "outputs.rows", "rows") == "0: a,b\n2\n3\n1: a,b\n2: a,b\n")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout JSONValue) -> Void
        let message: String
        var testDescription: String { name }
    }

    @Test(
        "What cannot be run is refused with one sentence",
        arguments: [
            Case(
                name: "another task", change: { $0["task"]?["type"] = "model" },
                message: "a task of type model is not run by the embedded workspace; run_function is"),
            Case(
                name: "no such input", change: { $0["input_data"] = "${{inputs.x}}" },
                message: "input_data must be ${{inputs.<name>}} of one of the job's inputs, not '${{inputs.x}}'"),
            Case(
                name: "no size", change: { $0["mini_batch_size"] = "ten" },
                message: "mini_batch_size must be a number of files, or bytes such as 10kb, not 'ten'"),
            Case(
                name: "an argument without value", change: { $0["task"]?["program_arguments"] = "${{inputs.x}}" },
                message: "the command uses inputs.x, which has no value and stands in no optional group"),
        ])
    func refused(example: Case) {
        var fields: JSONValue = [
            "inputs": ["files": ["type": "uri_folder", "path": "x"]], "input_data": "${{inputs.files}}",
            "task": ["entry_script": "a.py"],
        ]
        #expect(throws: Never.self) { try ParallelRunner.check(fields) }
        example.change(&fields)
        let error = #expect(throws: WorkspaceError.self) { try ParallelRunner.check(fields) }
        #expect(error?.message == example.message)
    }

    @Test("An MLTable names files beside it and how rows are read")
    func mltable() throws {
        let table = try MLTableFile(
            Array(
                "paths: [{folder: ./a}]\ntransformations:\n  - read_delimited: {delimiter: \"\\\\t\", header: no_header}"
                    .utf8))
        #expect(table.paths == [.init(kind: "folder", path: "./a")])
        #expect(table.reading == .delimited && table.delimiter == "\t" && !table.hasHeader)
        for text in [
            "paths: []", "paths: [{file: 'https://x/y'}]", "paths: [{file: a}]\ntransformations: [take: 5]", "a: [",
        ] {
            #expect(throws: WorkspaceError.self) { try MLTableFile(Array(text.utf8)) }
        }
    }
}
