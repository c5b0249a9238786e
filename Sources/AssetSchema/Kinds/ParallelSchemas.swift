import Digest
import YAML

extension ObjectSchema {
    /// What a parallel step and a parallel component say alike.
    static let parallelFields: [FieldSchema] = [
        FieldSchema("logging_level", .choice(["DEBUG", "INFO", "WARNING"], .exact), default: "INFO"),
        FieldSchema("task", .object(parallelTask)),
        FieldSchema("mini_batch_size", .string()),
        FieldSchema("partition_keys", .list(.string())),
        FieldSchema("input_data", .string()),
        FieldSchema("retry_settings", .object(retrySettings)),
        FieldSchema("max_concurrency_per_instance", .integer(1...Int64.max), default: 1),
        FieldSchema("error_threshold", .integer(-1...Int64.max), default: -1),
        FieldSchema("mini_batch_error_threshold", .integer(-1...Int64.max), default: -1),
    ]

    private static let parallelTask = ObjectSchema(
        "a parallel task",
        [
            .required("type", .choice(["run_function", "model", "function"])),
            FieldSchema("code", .code), FieldSchema("entry_script", .string()),
            FieldSchema("program_arguments", .string()), FieldSchema("model", .string()),
            FieldSchema("append_row_to", .string()), .required("environment", .jobEnvironment),
        ], unknownKeys: .kept)

    private static let retrySettings = ObjectSchema(
        "retry settings",
        [
            FieldSchema("timeout", .binding(.integer(1...Int64.max))),
            FieldSchema("max_retries", .binding(.integer(0...Int64.max))),
        ], unknownKeys: .kept)

    /// The size of a mini-batch is text with digits, and a unit when it is a size in bytes.
    static func miniBatchSize(allowsExpressions: Bool) -> Check {
        { node, fields, state in
            guard let text = fields["mini_batch_size"]?.stringValue, let written = node["mini_batch_size"] else {
                return
            }
            if allowsExpressions, Expression.isBinding(text) { return }
            var digits = text.last == "\n" ? text.dropLast() : text[...]
            if digits.utf8.count > 2, ["kb", "mb", "gb"].contains(digits.suffix(2).lowercased()) {
                digits = digits.dropLast(2)
            }
            guard digits.isEmpty || !digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { return }
            state.error(
                .invalidValue, "\(ReadState.quoted(text)) is no size of a mini-batch", at: written.mark,
                key: "mini_batch_size", hint: "write a number of files such as \"10\", or a size such as \"10MB\"")
        }
    }
}
