internal import Digest
internal import Glibc
internal import Workspace

/// Runs a parallel job: the user's entry script over mini-batches of the input.
struct ParallelRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    static func check(_ draft: JobDraft, in submission: JobSubmission) throws { try check(draft.fields) }

    /// The same for a step, whose inputs are placeholders yet.
    static func check(_ fields: JSONValue) throws {
        let task = try ParallelTask(fields)
        var fields = fields
        fields["command"] = .string(task.arguments.isEmpty ? "-" : task.arguments)
        try JobInputs.validate(fields)
    }

    static func environment(
        _ draft: JobDraft, content: [String: StoredTree], in submission: JobSubmission
    ) throws -> EnvironmentSpec {
        try submission.environments.resolve(
            draft.fields["task"]?["environment"], override: draft.environmentOverride, content: content,
            prefix: "task.environment")
    }

    func run() async throws {
        try await JobProgramRun(job: job, context: context).run { job, python, environment in
            let layout = context.layout
            let task = try ParallelTask(job.fields)
            if let code = job.content["task.code"] ?? job.content["code"] {
                try context.content.export(code, to: layout.code)
            }
            let places = try JobInputs(
                store: context.store, content: context.content, job: job, workspace: context.workspace
            ).prepare()
            let settings = try settings(task, places)
            let path = "\(layout.root)/parallel.json"
            try Files.write(Array(settings.canonicalBytes), to: path)
            let resources = try EmbeddedPython.directory(in: "\(context.state.tools)/python")
            return JobProgram(
                arguments: [python.python, "\(resources)/batch_driver.py", path],
                environment: environment.merging(places.variables) { $1 }, workingDirectory: layout.code,
                timeoutSeconds: job.fields["limits"]?["timeout"]?.intValue)
        }
    }

    private func settings(_ task: ParallelTask, _ places: JobCommand) throws -> JSONValue {
        let layout = context.layout
        guard case .path(let input)? = places.inputs[task.input] else {
            throw WorkspaceError(.invalid, "the input \(task.input) holds no files")
        }
        let work = "\(layout.root)/work"
        try Files.makeFolder(work)
        var settings: JSONValue = [
            "input": .string(input), "output_dir": .string(layout.outputs), "work_dir": .string(work),
            "summary": .string("\(work)/summary.json"), "code_dir": .string(layout.code),
            "entry_script": .string(task.entryScript), "mini_batch_size": .int(Int64(task.miniBatchFiles)),
            "mini_batch_bytes": .int(Int64(task.miniBatchBytes)),
            "max_concurrency_per_instance": .int(
                Int64(task.maxConcurrency ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))),
            "mini_batch_error_threshold": .int(Int64(task.errorThreshold)),
            "retry_settings": [
                "max_retries": .int(Int64(task.maxRetries)), "timeout": .int(Int64(task.timeoutSeconds)),
            ],
            "output_action": task.appendTo == nil ? "summary_only" : "append_row",
            "logging_level": .string(task.loggingLevel),
            "arguments": .array(try words(places.resolve(task.arguments)).map { .string($0) }),
        ]
        if let name = task.appendTo, case .path(let path)? = places.outputs[name] {
            // Rows go to one file; an output that is a folder gets one of the usual name.
            settings["output_file"] = .string(
                job.fields["outputs"]?[name]?["type"]?.stringValue == "uri_file"
                    ? path : "\(path)/parallel_run_step.txt")
        }
        if job.fields["inputs"]?[task.input]?["type"]?.stringValue == "mltable" {
            guard Files.exists("\(input)/MLTable") else {
                throw WorkspaceError(.invalid, "the input \(task.input) is an mltable, but holds no file MLTable")
            }
            let table = try MLTableFile(Files.read("\(input)/MLTable", limit: 1 << 20))
            for name in table.ignored { try context.tell("note: the MLTable's \(name) is not applied") }
            settings["table"] = table.reading == nil ? nil : table.settings
            settings["table_files"] = table.reading == nil ? table.settings : nil
        }
        return settings
    }

    /// A command line's words, as a shell would cut it.
    private func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}
