internal import AssetSchema
internal import Digest
internal import Workspace

/// Runs an AutoML job on tables: one Python program that searches with FLAML and tracks every trial.
struct AutoMLRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    /// The tables a job may name.
    private static let tables = ["training_data", "validation_data", "test_data"]

    static func check(_ draft: JobDraft, in submission: JobSubmission) throws {
        let fields = draft.fields
        let task = fields["task"]?.stringValue ?? ""
        guard ["classification", "regression", "forecasting"].contains(task) else {
            throw WorkspaceError(
                .unsupported,
                "the embedded workspace runs AutoML for classification, regression and forecasting; "
                    + "'\(task.prefix(64))' is for Azure ML")
        }
        guard fields["target_column_name"]?.stringValue?.isEmpty == false else {
            throw WorkspaceError(.invalid, "the AutoML job has no target_column_name")
        }
        guard table("training_data", fields) != nil else {
            throw WorkspaceError(.invalid, "the AutoML job has no training_data")
        }
    }

    static func environment(
        _ draft: JobDraft, content: [String: StoredTree], in submission: JobSubmission
    ) throws -> EnvironmentSpec {
        var spec = EnvironmentSpec(conda: environment)
        let files = tables.compactMap { name -> StoredTree? in
            content["\(name).path"]
                ?? table(name, draft.fields)?["path"]?.stringValue.flatMap(AssetReference.init)
                .flatMap { try? submission.store.asset(.data, $0.name, $0.version) }?.content["path"]
        }
        let isParquet = try files.contains { tree in
            if tree.entries.contains(where: { $0.path.hasSuffix(".parquet") || $0.path.hasSuffix(".pq") }) {
                return true
            }
            guard let entry = tree.entries.first(where: { $0.path == "MLTable" }),
                let bytes = try submission.content.bytes(tree, entry.path, limit: 1 << 20)
            else { return false }
            return String(decoding: bytes, as: UTF8.self).contains("read_parquet")
        }
        // Large, and of use for this alone.
        if isParquet { spec.extraRequirements.append("pyarrow==17.0.0") }
        return spec
    }

    func run() async throws {
        let fields = job.fields
        try await JobProgramRun(job: withTablesAsInputs, context: context).run { job, python, environment in
            let places = try JobInputs(
                store: context.store, content: context.content, job: job, workspace: context.workspace
            ).prepare()
            var data: JSONValue = [:]
            for name in Self.tables {
                guard case .path(let path)? = places.inputs[name] else { continue }
                data[String(name.dropLast("_data".count))] = .string(path)
            }
            if case .path(let path)? = places.outputs["best_model"] { data["best_model"] = .string(path) }
            var specification = fields
            specification["data"] = data
            let path = "\(context.layout.root)/automl.json"
            try Files.write(specification.canonicalBytes, to: path)
            let resources = try EmbeddedPython.directory(in: "\(context.state.tools)/python")
            // The search keeps to its own time; this is for one that does not.
            let minutes = fields["limits"]?["timeout_minutes"]?.intValue
            return JobProgram(
                arguments: [python.python, "\(resources)/automl_driver.py", path], environment: environment,
                workingDirectory: context.layout.code, timeoutSeconds: minutes.map { $0 * 120 + 600 })
        }
    }

    /// The job as if its tables were inputs, which is where files find their places.
    private var withTablesAsInputs: Store.Job {
        var fields = job.fields
        var content = job.content
        var inputs: [String: JSONValue] = [:]
        for name in Self.tables {
            inputs[name] = Self.table(name, job.fields)
            content["inputs.\(name).path"] = job.content["\(name).path"] ?? job.content["inputs.\(name).path"]
        }
        fields["inputs"] = .object(inputs)
        return Store.Job(
            live: job.live, fields: fields, content: content, environment: job.environment, supervisor: job.supervisor,
            process: job.process, isParent: job.isParent, step: job.step, results: job.results)
    }

    /// What a job says of a table: an object with a path, or the path alone.
    private static func table(_ name: String, _ fields: JSONValue) -> JSONValue? {
        switch fields[name] {
        case .string(let path)?: ["type": "mltable", "path": .string(path)]
        case .object?: fields[name]
        default: nil
        }
    }

    /// What the search and the models it makes need, version by version.
    static let environment = """
        dependencies:
          - python>=3.10,<3.13
          - pip:
              - flaml==2.7.0
              - lightgbm==4.6.0
              - xgboost-cpu==3.2.0
              - mlflow-skinny==2.22.5
              - scikit-learn==1.5.2
              - pandas==2.2.3
              - numpy==1.26.4
              - scipy==1.14.1
              - cloudpickle==3.1.2
              - joblib==1.4.2
              - pyyaml==6.0.2
        """
}
