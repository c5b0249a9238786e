package import Digest
import Workspace

/// One batch scoring as a job: the folder it works in, the settings file, the command and what came of it.
package struct BatchScoring: Sendable, Equatable, Codable {
    /// A scoring script of the deployment's, when the model does not score by itself.
    package struct Script: Sendable, Equatable, Codable {
        package var codeDirectory: String
        package var entryScript: String

        package init(codeDirectory: String, entryScript: String) {
            self.codeDirectory = codeDirectory
            self.entryScript = entryScript
        }
    }

    /// The file or folder to be scored.
    package var input: String
    /// The folder that gets the output file; finished mini-batches are kept there too, for a run that goes on.
    package var outputDirectory: String
    package var modelDirectory: String
    package var script: Script?
    package var miniBatchSize: Int
    package var maxConcurrencyPerInstance: Int
    package var maxRetries: Int
    package var timeoutSeconds: Int
    /// How many files may fail; -1 for all.
    package var errorThreshold: Int
    package var outputAction: OutputAction
    package var outputFileName: String
    package var loggingLevel: String

    package enum OutputAction: String, Sendable, Codable {
        case appendRow = "append_row"
        case summaryOnly = "summary_only"
    }

    /// Reads a batch deployment's CLI v2 fields, where settings stand at the top or under `settings`.
    ///
    /// - Throws: ``WorkspaceError`` naming the field that is not as it must be.
    package init(
        fields: JSONValue, input: String, outputDirectory: String, modelDirectory: String, script: Script? = nil
    ) throws {
        self.input = input
        self.outputDirectory = outputDirectory
        self.modelDirectory = modelDirectory
        self.script = script
        func field(_ name: String) -> JSONValue? { fields[name] ?? fields["settings"]?[name] }
        func number(_ name: String, in source: JSONValue?, _ normal: Int, _ range: ClosedRange<Int>) throws -> Int {
            guard source?[name] != nil else { return normal }
            guard let value = source?.integer(name), range.contains(value) else {
                throw WorkspaceError(
                    .invalid,
                    "\(name) of the batch deployment must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        func setting(_ name: String, _ normal: Int, _ range: ClosedRange<Int>) throws -> Int {
            try number(name, in: fields[name] == nil ? fields["settings"] : fields, normal, range)
        }
        miniBatchSize = try setting("mini_batch_size", 10, 1...1_000_000)
        maxConcurrencyPerInstance = try setting("max_concurrency_per_instance", 1, 1...256)
        errorThreshold = try setting("error_threshold", -1, -1...Int(Int32.max))
        let retry = field("retry_settings")
        maxRetries = try number("max_retries", in: retry, 3, 0...100)
        timeoutSeconds = try number("timeout", in: retry, 30, 1...259_200)
        let action = field("output_action")?.stringValue ?? OutputAction.appendRow.rawValue
        guard let known = OutputAction(rawValue: action) else {
            throw WorkspaceError(
                .invalid, "output_action '\(action.prefix(64))' is neither append_row nor summary_only")
        }
        outputAction = known
        outputFileName = field("output_file_name")?.stringValue ?? "predictions.csv"
        guard !outputFileName.isEmpty, !outputFileName.contains("/"), outputFileName.first != "." else {
            throw WorkspaceError(.invalid, "output_file_name '\(outputFileName.prefix(64))' must be a plain file name")
        }
        let level = (field("logging_level")?.stringValue ?? "info").lowercased()
        loggingLevel = ["debug", "info", "warning", "error"].contains(level) ? level : "info"
    }

    /// Where the driver leaves what came of it.
    package var summaryPath: String { "\(outputDirectory)/.summary.json" }

    /// Lays the folder out and gives the command that a job's supervisor runs.
    ///
    /// Run again after a kill, it goes on where it stopped.
    /// - Parameters:
    ///   - interpreter: The Python of the model's or the deployment's environment.
    ///   - layout: Where the embedded Python files are laid out.
    /// - Throws: ``WorkspaceError`` when the folder cannot be written.
    package func command(interpreter: String, layout: StateLayout) throws -> [String] {
        try Files.makeFolder(outputDirectory)
        let resources = try EmbeddedPython.directory(in: "\(layout.tools)/python")
        let path = "\(outputDirectory)/.settings.json"
        try ServingFiles.write(Array(settings.canonicalBytes), to: path)
        return [interpreter, "\(resources)/batch_driver.py", path]
    }

    /// The driver's settings file.
    package var settings: JSONValue {
        var members: [String: JSONValue] = [
            "input": .string(input), "output_dir": .string(outputDirectory), "model_dir": .string(modelDirectory),
            "summary": .string(summaryPath), "mini_batch_size": .int(Int64(miniBatchSize)),
            "max_concurrency_per_instance": .int(Int64(maxConcurrencyPerInstance)),
            "retry_settings": .object([
                "max_retries": .int(Int64(maxRetries)), "timeout": .int(Int64(timeoutSeconds)),
            ]),
            "error_threshold": .int(Int64(errorThreshold)), "output_action": .string(outputAction.rawValue),
            "output_file_name": .string(outputFileName), "logging_level": .string(loggingLevel),
        ]
        if let script {
            members["code_dir"] = .string(script.codeDirectory)
            members["entry_script"] = .string(script.entryScript)
        }
        return .object(members)
    }

    /// What came of a run that has ended, or nil when it ended before it could say.
    package func summary() throws -> BatchSummary? { try ServingFiles.readJSON(BatchSummary.self, at: summaryPath) }

    /// The sentence in a log that says why a run failed.
    package static func failure(inLog log: String) -> String? {
        log.split(whereSeparator: \.isNewline).last { $0.hasPrefix("FATAL ") }.map {
            String($0.dropFirst("FATAL ".count))
        }
    }
}
