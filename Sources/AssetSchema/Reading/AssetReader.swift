import Diagnostics
import Digest
package import YAML

/// Reads CLI v2 documents as `az ml` would, with all their mistakes at once.
package struct AssetReader: Sendable {
    private let documents: DocumentProvider?

    /// - Parameter documents: Where included documents come from; without it they stay the paths that are written.
    package init(documents: DocumentProvider? = nil) {
        self.documents = documents
    }

    /// What a document is, without reading it; nil for what is no asset.
    package func kind(of root: Node) -> AssetKind? {
        KindDetection(root)?.kind
    }

    /// Reads a document after substitution.
    ///
    /// Where text was put in place of a variable, the scalar's style should be quoted: a plain `0001` is a number to
    /// YAML, as it is to `az ml`.
    ///
    /// - Parameters:
    ///   - root: The document.
    ///   - path: Its path, for positions.
    ///   - source: Its text; asked for only when a finding is about a place inside a scalar.
    package func read(_ root: Node, path: String, source: @escaping @Sendable () -> String? = { nil }) -> ReadResult {
        var state = ReadState(file: path, documents: documents, source: source)
        guard let detection = KindDetection(root, path: path) else {
            return ReadResult(kind: nil, definition: nil, name: nil, state: state, root: root)
        }
        return read(root, as: detection, &state)
    }

    /// Reads a document that must be of a kind, as `az ml KIND create` would, whatever it calls itself.
    package func read(
        _ root: Node, as kind: AssetKind, path: String, source: @escaping @Sendable () -> String? = { nil }
    ) -> ReadResult {
        var state = ReadState(file: path, documents: documents, source: source)
        if let detection = KindDetection(root), detection.kind == kind { return read(root, as: detection, &state) }
        if kind.isJob { return job(root, kind, &state) }
        if kind == .component { return component(root, &state) }
        guard let schema = KindDetection.schema(of: kind, root) else {
            unsupported(kind, root, &state)
            return ReadResult(kind: kind, definition: nil, name: nil, state: state, root: root)
        }
        return read(root, kind, schema, &state)
    }

    private func read(_ root: Node, as detection: KindDetection, _ state: inout ReadState) -> ReadResult {
        if detection.kind.isJob { return job(root, detection.kind, &state) }
        if detection.kind == .component { return component(root, &state) }
        guard let schema = detection.schema else {
            unsupported(detection.kind, root, &state)
            return ReadResult(
                kind: detection.kind, definition: nil, name: root["name"]?.text, state: state, root: root)
        }
        return read(root, detection.kind, schema, &state)
    }

    /// A job is read by its `type` alone; what else it calls itself does not count for the SDK.
    private func job(_ root: Node, _ kind: AssetKind, _ state: inout ReadState) -> ReadResult {
        if root.mapping != nil, root["type"] == nil, kind != .commandJob {
            let type = kind.rawValue.replacing("_job", with: "")
            state.error(
                .missingKey, "\(ReadState.article(kind.title)) needs \"type\"; without it `az ml` reads a command job",
                at: root.mark, key: "type", hint: "add \"type: \(type)\"")
        } else if let (kind, schema) = state.jobSchema(of: root) {
            return read(root, kind, schema, &state)
        }
        return ReadResult(kind: kind, definition: nil, name: root["name"]?.text, state: state, root: root)
    }

    private func component(_ root: Node, _ state: inout ReadState) -> ReadResult {
        if let schema = state.componentSchema(of: root) { return read(root, .component, schema, &state) }
        return ReadResult(kind: .component, definition: nil, name: root["name"]?.text, state: state, root: root)
    }

    private func unsupported(_ kind: AssetKind, _ root: Node, _ state: inout ReadState) {
        let title = ReadState.article(kind.title)
        state.warning(.unsupportedKind, "\(title) is not supported yet; the file is left alone", at: root.mark)
    }

    private func read(
        _ root: Node, _ kind: AssetKind, _ schema: ObjectSchema, _ state: inout ReadState
    ) -> ReadResult {
        if kind == .environment, root["channels"] != nil || root["dependencies"] != nil {
            state.error(
                .wrongType, "this is a conda file, not an environment", at: root.mark,
                hint: "name it in an environment's conda_file")
            return ReadResult(kind: kind, definition: nil, name: nil, state: state, root: root)
        }
        let value = state.object(root, as: schema)
        var fields = value?.objectValue ?? [:]
        let name = fields.removeValue(forKey: "name")?.stringValue
        let version = fields.removeValue(forKey: "version")?.stringValue
        if kind == .batchDeployment, fields["type"] != "pipeline", root["component"] == nil {
            Self.liftSettings(&fields)
        }
        let isReadable = !state.diagnostics.contains { $0.severity == .error }
        let definition =
            isReadable
            ? ResourceDefinition(
                kind: kind, name: name ?? "", version: version, fields: .object(Self.compact(fields))) : nil
        return ReadResult(
            kind: kind, definition: definition, name: name ?? root["name"]?.text, state: state, root: root)
    }

    /// The same members in no more room than they need: thousands of definitions are kept.
    private static func compact(_ fields: [String: JSONValue]) -> [String: JSONValue] {
        guard fields.count <= 3, fields.capacity > 3 else { return fields }
        var compact = [String: JSONValue](minimumCapacity: fields.count)
        for (name, value) in fields { compact[name] = value }
        return compact
    }

    /// Gives a batch deployment with `settings` the form of one without, so that both compare equal.
    private static func liftSettings(_ fields: inout [String: JSONValue]) {
        if fields["type"] == "model" { fields["type"] = nil }
        guard var settings = fields.removeValue(forKey: "settings")?.objectValue else { return }
        if let count = settings.removeValue(forKey: "instance_count"), fields["resources"] == nil {
            fields["resources"] = ["instance_count": count]
        }
        fields.merge(settings) { _, inner in inner }
    }
}
