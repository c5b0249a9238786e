internal import CLibyaml

/// Reads YAML text into nodes that know where they stand.
package struct YAMLReader: Sendable {
    /// The bounds that a text must keep.
    package var limits: YAMLLimits

    /// A reader with the usual bounds.
    package init(limits: YAMLLimits = YAMLLimits()) {
        self.limits = limits
    }

    /// Reads a text of one document; nil if it holds nothing.
    ///
    /// - Throws: The first error, since nothing after it can be trusted; a second document is one.
    package func document(_ bytes: UnsafeRawBufferPointer) throws(YAMLError) -> Node? {
        try read(bytes, isSingle: true).first
    }

    /// Reads a text of one document; nil if it holds nothing.
    package func document(_ bytes: [UInt8]) throws(YAMLError) -> Node? {
        try withBytes(bytes) { bytes throws(YAMLError) in try document(bytes) }
    }

    /// Reads a text of one document; nil if it holds nothing.
    package func document(_ text: String) throws(YAMLError) -> Node? {
        try document(Array(text.utf8))
    }

    /// Reads a text of one document as PyYAML does: of a repeated key the last counts, and `duplicates` tells them.
    package func document(_ bytes: [UInt8], duplicates: inout [YAMLError]) throws(YAMLError) -> Node? {
        var found: [YAMLError] = []
        defer { duplicates += found }
        return try withBytes(bytes) { bytes throws(YAMLError) in
            try read(bytes, isSingle: true, duplicates: &found, collectsDuplicates: true).first
        }
    }

    /// Reads a text of any number of documents, leaving out those that hold nothing.
    package func documents(_ bytes: UnsafeRawBufferPointer) throws(YAMLError) -> [Node] {
        try read(bytes, isSingle: false)
    }

    /// Reads a text of any number of documents, leaving out those that hold nothing.
    package func documents(_ text: String) throws(YAMLError) -> [Node] {
        try withBytes(Array(text.utf8)) { bytes throws(YAMLError) in try documents(bytes) }
    }

    private func withBytes<Value>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(YAMLError) -> Value
    ) throws(YAMLError) -> Value {
        // `withUnsafeBytes` has no typed throws, so the outcome leaves it as a value.
        let outcome: Result<Value, YAMLError> = bytes.withUnsafeBytes { buffer in
            do throws(YAMLError) { return .success(try body(buffer)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    private func read(_ bytes: UnsafeRawBufferPointer, isSingle: Bool) throws(YAMLError) -> [Node] {
        var duplicates: [YAMLError] = []
        return try read(bytes, isSingle: isSingle, duplicates: &duplicates, collectsDuplicates: false)
    }

    private func read(
        _ bytes: UnsafeRawBufferPointer, isSingle: Bool, duplicates: inout [YAMLError], collectsDuplicates: Bool
    ) throws(YAMLError) -> [Node] {
        guard bytes.count <= limits.bytes else {
            throw YAMLError(.limit, "larger than \(limits.bytes) bytes", at: .start)
        }
        let content = try Self.withoutByteOrderMark(bytes)
        guard !content.isEmpty else { return [] }
        var parser = try EventParser(content)
        var builder = NodeBuilder(limits: limits, collectsDuplicates: collectsDuplicates)
        defer { duplicates = builder.duplicates }
        var documents: [Node] = []
        var count = 0
        var isDone = false
        while !isDone {
            try parser.next { event throws(YAMLError) in
                switch event.type {
                case YAML_SCALAR_EVENT: try builder.scalar(event)
                case YAML_MAPPING_START_EVENT: try builder.open(event, isMapping: true)
                case YAML_SEQUENCE_START_EVENT: try builder.open(event, isMapping: false)
                case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: try builder.close(event)
                case YAML_ALIAS_EVENT: try builder.alias(event)
                case YAML_DOCUMENT_START_EVENT:
                    count += 1
                    guard count == 1 || !isSingle else {
                        throw YAMLError(
                            .multipleDocuments, "the file holds more than one YAML document",
                            at: Mark(event.start_mark))
                    }
                    builder.startDocument()
                case YAML_DOCUMENT_END_EVENT:
                    if let root = builder.root, !root.isEmptyPlainScalar { documents.append(root) }
                case YAML_STREAM_END_EVENT, YAML_NO_EVENT:
                    isDone = true
                default:
                    break
                }
            }
        }
        return documents
    }

    /// Azure's SDK reads files as UTF-8 with an optional byte order mark, and so do we.
    private static func withoutByteOrderMark(_ bytes: UnsafeRawBufferPointer) throws(YAMLError)
        -> UnsafeRawBufferPointer
    {
        guard bytes.count >= 2 else { return bytes }
        switch (bytes[0], bytes[1]) {
        case (0xFF, 0xFE), (0xFE, 0xFF):
            throw YAMLError(.encoding, "the file is UTF-16; YAML files here must be UTF-8", at: .start)
        case (0xEF, 0xBB) where bytes.count >= 3 && bytes[2] == 0xBF:
            return UnsafeRawBufferPointer(rebasing: bytes[3...])
        default:
            return bytes
        }
    }
}

extension Node {
    fileprivate var isEmptyPlainScalar: Bool {
        guard case .scalar(let scalar) = value else { return false }
        return scalar.text.isEmpty && scalar.style == .plain && scalar.tag == nil
    }
}
