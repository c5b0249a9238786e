internal import Digest
internal import Subprocess
internal import Workspace

/// Runs a command job: the user's own shell text in a Python environment.
struct CommandRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    static func check(_ draft: JobDraft, in submission: JobSubmission) throws { try check(draft.fields) }

    /// The same for a step, whose inputs are placeholders yet.
    static func check(_ fields: JSONValue) throws {
        try JobInputs.validate(fields)
        _ = try Distribution(fields) { 0 }
    }

    func run() async throws {
        try await JobProgramRun(job: job, context: context).run { job, _, environment in
            let layout = context.layout
            let command = try JobInputs(
                store: context.store, content: context.content, job: job, workspace: context.workspace
            ).prepare()
            let text = try command.resolve(job.fields["command"]?.stringValue ?? "")
            let distribution = try Distribution(job.fields) { LoopbackPort.free() ?? 29_500 }
            sayWhatIsLeftOut(job.fields)
            try checkForR(text, path: environment["PATH"] ?? "")
            let environment = environment.merging(command.variables) { $1 }
                .merging(distribution.processes[0]) { $1 }
            // The command is the user's own shell text: that is Azure's contract.
            let shell = Executable.find("/bin/bash") ?? "/bin/sh"
            return JobProgram(
                arguments: distribution.arguments(shell: shell, command: text), environment: environment,
                workingDirectory: layout.code, timeoutSeconds: job.fields["limits"]?["timeout"]?.intValue)
        }
    }

    private func sayWhatIsLeftOut(_ fields: JSONValue) {
        if let count = fields["resources"]?["instance_count"]?.intValue, count > 1 {
            context.say("note: the job asks for \(count) machines; the embedded workspace has this one")
        }
        for name in fields["services"]?.objectValue?.keys.sorted() ?? [] {
            context.say("note: the service \(name) is not offered by the embedded workspace")
        }
    }

    /// R comes with an image, of which nothing is here: it must be on this machine.
    private func checkForR(_ command: String, path: String) throws {
        let words = command.split { " \t\n;&|()".contains($0) }
        guard words.contains("Rscript") else { return }
        let isThere = path.split(separator: ":").contains { Executable.find("\($0)/Rscript") != nil }
        guard isThere else {
            throw WorkspaceError(
                .broken, "the command runs Rscript, which is not on this machine; install R, or run the job on Azure ML"
            )
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
        try await JobProgramRun(job: job, context: context).run { job, python, environment in
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
