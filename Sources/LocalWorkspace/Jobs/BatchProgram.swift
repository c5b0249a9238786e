internal import Digest
internal import Workspace

/// Turns a batch invocation into the program that scores it: the driver of mini-batches, in the model's environment.
struct BatchProgram {
    let store: Store
    let content: ContentStore
    let job: Store.Job
    let workspace: WorkspaceLayout

    /// - Parameter deployment: the batch deployment's fields.
    func make(
        _ deployment: JSONValue, python: PreparedEnvironment, environment: [String: String]
    ) throws -> JobProgram {
        let layout = workspace.job(job.live.name)
        let places = try JobInputs(store: store, content: content, job: job, workspace: workspace).prepare()
        guard case .path(let input)? = places.inputs["input"], case .path(let output)? = places.outputs["score"] else {
            throw WorkspaceError(.invalid, "the scoring has no input")
        }
        let model = "\(layout.root)/model"
        try Files.makeFolder(model)
        if let tree = job.content["model"] { try content.export(tree, to: model) }
        let script = deployment["code_configuration"]?["scoring_script"]?.stringValue.map {
            BatchScoring.Script(codeDirectory: layout.code, entryScript: $0)
        }
        // One file is scored under its own name, a folder file by file.
        let tree = job.content["inputs.input.path"]
        let file = tree?.isFile == true ? tree?.entries.first?.path : nil
        let scoring = try BatchScoring(
            fields: deployment, input: file.map { "\(input)/\($0)" } ?? input, outputDirectory: output,
            modelDirectory: model, script: script)
        return JobProgram(
            arguments: try scoring.command(interpreter: python.python, layout: workspace.state),
            environment: environment,
            workingDirectory: layout.code, timeoutSeconds: nil)
    }
}
