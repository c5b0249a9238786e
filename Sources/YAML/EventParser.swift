internal import CLibyaml

/// Owns one libyaml parser over bytes that stay put while it lives.
struct EventParser: ~Copyable {
    // libyaml's parser points into itself, so it must never move.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeRawBufferPointer

    /// A parser over UTF-8 `bytes`, which must outlive it and hold at least one byte.
    init(_ bytes: UnsafeRawBufferPointer) throws(YAMLError) {
        // libyaml asserts that its input is no null pointer, which an empty buffer may be.
        precondition(!bytes.isEmpty, "there is nothing to parse in an empty buffer")
        parser = .allocate(capacity: 1)
        self.bytes = bytes
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLError(.outOfMemory, "out of memory", at: .start)
        }
        // Told, libyaml does not guess UTF-16 from the first bytes.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// Hands the next event to `body` and frees it afterwards.
    mutating func next<Result>(
        _ body: (borrowing yaml_event_t) throws(YAMLError) -> Result
    ) throws(YAMLError) -> Result {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        return try body(event)
    }

    private func failure() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "can't be read"
        switch parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return YAMLError(.outOfMemory, "out of memory", at: .start)
        case YAML_READER_ERROR:
            let mark = SourceText.mark(ofByte: Int(parser.pointee.problem_offset), in: bytes)
            let value = parser.pointee.problem_value
            let detail = value < 0 ? "" : " (0x\(String(value, radix: 16)))"
            let words =
                problem.contains("control characters")
                ? "control characters are not allowed in YAML\(detail)"
                : "the file is not valid UTF-8: \(problem)\(detail)"
            return YAMLError(.encoding, words, at: mark)
        default:
            let mark = Mark(parser.pointee.problem_mark)
            if SourceText.byte(at: mark, in: bytes) == UInt8(ascii: "\t") {
                return YAMLError(.syntax, "a tab can't indent or start anything in YAML; use spaces", at: mark)
            }
            guard let context = parser.pointee.context.map({ String(cString: $0) }) else {
                return YAMLError(.syntax, problem, at: mark)
            }
            let contextMark = Mark(parser.pointee.context_mark)
            let related = contextMark < mark ? YAMLError.Related(message: context, mark: contextMark) : nil
            return YAMLError(.syntax, problem, at: mark, related: related)
        }
    }
}

extension Mark {
    /// libyaml counts from 0.
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
