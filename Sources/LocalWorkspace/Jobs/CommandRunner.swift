internal import Digest
internal import Subprocess
internal import Workspace

/// Runs a command job: the user's own shell text in a Python environment.
struct CommandRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    static func check(_ draft: JobDraft, in submission: JobSubmission) throws {
        try check(draft.fields)
    }

    /// The same for a step, whose inputs are placeholders yet.
    static func check(_ fields: JSONValue) throws {
        try JobInputs.validate(fields)
    }

    func run() async throws {
        try await JobProgramRun(job: job, context: context).run { python, environment in
            let layout = context.layout
            var environment = environment
            let command = try JobInputs(
                store: context.store, content: context.content, job: job, workspace: context.workspace
            )
            .prepare()
            environment.merge(command.variables) { $1 }
            // The command is the user's own shell text: that is Azure's contract.
            let shell = Executable.find("/bin/bash") ?? "/bin/sh"
            let text = try command.resolve(job.fields["command"]?.stringValue ?? "")
            return JobProgram(
                arguments: [shell, "-c", text], environment: environment, workingDirectory: layout.code,
                timeoutSeconds: job.fields["limits"]?["timeout"]?.intValue)
        }
    }
}

/// Runs a batch deployment's scoring: the driver of mini-batches.
struct BatchScoringRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    static func check(_ draft: JobDraft, in submission: JobSubmission) throws {
        // Only an endpoint makes one: a draft from outside could name any model.
        throw WorkspaceError(.invalid, "a job cannot have a field 'batch'")
    }

    func run() async throws {
        try await JobProgramRun(job: job, context: context).run { python, environment in
            try BatchProgram(
                store: context.store, content: context.content, job: job, workspace: context.workspace
            ).make(job.fields["batch"] ?? [:], python: python, environment: environment)
        }
    }
}

extension JobCommand {
    /// The variables by which a program finds its inputs and outputs without arguments.
    var variables: [String: String] {
        var result: [String: String] = [:]
        for (prefix, values) in [("AZURE_ML_INPUT_", inputs), ("AZURE_ML_OUTPUT_", outputs)] {
            for (name, value) in values {
                switch value {
                case .literal(let text), .path(let text): result[prefix + name] = text
                }
            }
        }
        return result
    }
}
