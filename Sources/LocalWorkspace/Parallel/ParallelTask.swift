internal import Digest
internal import Workspace

/// A parallel job's settings, read from its CLI v2 fields.
struct ParallelTask: Equatable {
    var entryScript: String
    var arguments: String
    /// The input that is worked through.
    var input: String
    /// The output that gets the rows; nil when they are let go.
    var appendTo: String?
    /// Files of each call of `run()`.
    var miniBatchFiles: Int
    /// Bytes of each call of `run()` over a table.
    var miniBatchBytes: Int
    var maxConcurrency: Int?
    /// How many mini-batches may fail; -1 for all.
    var errorThreshold: Int
    var maxRetries: Int
    var timeoutSeconds: Int
    var loggingLevel: String

    /// - Throws: ``WorkspaceError`` naming the field that is not as it must be.
    init(_ fields: JSONValue) throws {
        guard let task = fields["task"], task.objectValue != nil else {
            throw WorkspaceError(.invalid, "a parallel job needs a task")
        }
        let type = task["type"]?.stringValue ?? "run_function"
        guard ["run_function", "function"].contains(type) else {
            throw WorkspaceError(
                .unsupported, "a task of type \(type.prefix(64)) is not run by the embedded workspace; run_function is")
        }
        guard let script = task["entry_script"]?.stringValue, !script.isEmpty else {
            throw WorkspaceError(.invalid, "the task has no entry_script")
        }
        try ContentStore.check(script)
        entryScript = script
        arguments = task["program_arguments"]?.stringValue ?? ""
        guard fields["partition_keys"] == nil else {
            throw WorkspaceError(
                .unsupported, "partition_keys are not read by the embedded workspace; mini_batch_size is")
        }
        let data = fields["input_data"]?.stringValue ?? ""
        guard let name = Self.name(in: data, of: "inputs"), fields["inputs"]?[name] != nil else {
            throw WorkspaceError(
                .invalid, "input_data must be ${{inputs.<name>}} of one of the job's inputs, not '\(data.prefix(80))'")
        }
        input = name
        if let text = task["append_row_to"]?.stringValue {
            guard let name = Self.name(in: text, of: "outputs"), fields["outputs"]?[name] != nil else {
                throw WorkspaceError(
                    .invalid,
                    "append_row_to must be ${{outputs.<name>}} of one of the job's outputs, not '\(text.prefix(80))'")
            }
            appendTo = name
        }
        let size = JobInputs.literal(fields["mini_batch_size"] ?? .null)
        let isFiles = size.map { Int($0) != nil } ?? true
        miniBatchFiles = isFiles ? size.flatMap { Int($0) } ?? 10 : 10
        miniBatchBytes = try size.map(Self.bytes) ?? 1 << 20
        guard miniBatchFiles > 0, miniBatchBytes > 0 else {
            throw WorkspaceError(.invalid, "mini_batch_size must be more than nothing")
        }
        func number(_ value: JSONValue?, _ name: String, _ normal: Int, _ range: ClosedRange<Int>) throws -> Int {
            guard let value, !value.isNull else { return normal }
            guard let number = value.intValue ?? value.stringValue.flatMap({ Int($0) }), range.contains(number) else {
                throw WorkspaceError(
                    .invalid, "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        let concurrency = fields["max_concurrency_per_instance"]
        maxConcurrency =
            concurrency == nil ? nil : try number(concurrency, "max_concurrency_per_instance", 1, 1...256)
        errorThreshold = try number(
            fields["mini_batch_error_threshold"], "mini_batch_error_threshold", -1, -1...Int(Int32.max))
        let retry = fields["retry_settings"]
        maxRetries = try number(retry?["max_retries"], "max_retries", 2, 0...100)
        timeoutSeconds = try number(retry?["timeout"], "timeout", 60, 1...259_200)
        let level = (fields["logging_level"]?.stringValue ?? "INFO").lowercased()
        loggingLevel = ["debug", "info", "warning", "error"].contains(level) ? level : "info"
    }

    /// The name in `${{inputs.<name>}}`.
    private static func name(in text: String, of group: String) -> String? {
        let text = text.trimmed
        guard text.hasPrefix("${{"), text.hasSuffix("}}") else { return nil }
        let parts = String(text.dropFirst(3).dropLast(2)).trimmed.split(separator: ".")
        return parts.count == 2 && parts[0] == group ? String(parts[1]) : nil
    }

    /// `10kb`, `5MB`, or a plain number of bytes.
    private static func bytes(_ text: String) throws -> Int {
        let digits = text.trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let factor: Double? =
            switch text.trimmed.dropFirst(digits.count).lowercased().split(separator: " ").joined() {
            case "", "b": 1
            case "k", "kb": 1_024
            case "m", "mb": 1_048_576
            case "g", "gb": 1_073_741_824
            default: nil
            }
        guard let number = Double(digits), let factor, number * factor < 1e15 else {
            throw WorkspaceError(
                .invalid, "mini_batch_size must be a number of files, or bytes such as 10kb, not '\(text.prefix(40))'")
        }
        return Int(number * factor)
    }
}
