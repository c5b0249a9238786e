internal import Diagnostics
internal import Digest
internal import Git
internal import TimeKeeping
internal import YAML

/// Reads the records that people commit beside a stage file: rollback, retrain and suspension.
struct RecordReader {
    let stage: String
    let tree: ProjectTree
    let documents: DocumentCache
    let findings: Findings

    private var folder: String { "\(StageDiscovery.folder)/\(stage)" }

    func rollback() -> RollbackRecord? {
        guard var keys = keys("\(folder)/rollback.yml", expected: "a rollback record") else { return nil }
        let from = digest("from", &keys)
        let target = keys.requiredText("to")
        let toDigest = digest("to_digest", &keys)
        let reason = keys.text("reason")?.value ?? ""
        let requestedBy = keys.requiredText("requested_by")?.value ?? ""
        _ = moment("requested_at", &keys, isRequired: false)
        keys.finish()
        if let target, target.value.split(separator: ":", omittingEmptySubsequences: false).count != 2 {
            findings.error(
                "invalid-value", "expected <name>:<version> of a model, found \"\(target.value)\"", at: target.location,
                pointer: "/to")
            return nil
        }
        guard let from, let target, let toDigest else { return nil }
        return RollbackRecord(
            from: from, to: target.value, toDigest: toDigest, reason: reason, requestedBy: requestedBy,
            location: keys.location)
    }

    /// The requests in the order of their file names, and the digest that makes a training key a new one.
    func retrain() -> (records: [RetrainRecord], trigger: ContentDigest?) {
        var records: [RetrainRecord] = []
        var trigger: [JSONValue] = []
        for file in tree.files(below: "\(folder)/retrain")
        where file.path.hasSuffix(".yml") || file.path.hasSuffix(".yaml") {
            guard var keys = keys(file.path, expected: "a retrain record") else { continue }
            let reason = keys.requiredText("reason")?.value
            let requestedBy = keys.requiredText("requested_by")?.value
            let requestedAt = moment("requested_at", &keys, isRequired: true)
            keys.finish()
            guard let reason, let requestedBy, let requestedAt else { continue }
            records.append(
                RetrainRecord(
                    reason: reason, requestedBy: requestedBy, requestedAt: requestedAt, location: keys.location))
            trigger.append([
                .string(file.path), .string(reason), .string(requestedBy), .string(requestedAt.description),
            ])
        }
        return (records, trigger.isEmpty ? nil : JSONValue.array(trigger).digest)
    }

    func suspension() -> SuspensionRecord? {
        guard var keys = keys("\(folder)/suspended.yml", expected: "a suspension record") else { return nil }
        let objects = keys.texts("objects")
        let reason = keys.text("reason")?.value ?? ""
        let person = keys.text("by")?.value ?? ""
        _ = moment("at", &keys, isRequired: false)
        keys.finish()
        // Somebody wanted a stop: a record that does not say of what stops everything.
        let names = objects.map { $0.map(\.value) } ?? []
        return SuspensionRecord(
            objects: names.isEmpty ? ["*"] : names, reason: reason, by: person, location: keys.location)
    }

    private func keys(_ path: String, expected: String) -> MappingReader? {
        guard let file = tree.file(path), let document = documents.document(file, in: tree, findings: findings) else {
            return nil
        }
        return MappingReader(document, path: path, expected: expected, findings: findings)
    }

    private func digest(_ key: String, _ keys: inout MappingReader) -> ContentDigest? {
        guard let text = keys.requiredText(key) else { return nil }
        guard let digest = ContentDigest(text.value) else {
            findings.error(
                "invalid-value", "expected sha256: and 64 hexadecimal digits, found \"\(text.value)\"",
                at: text.location, pointer: "/\(key)")
            return nil
        }
        return digest
    }

    private func moment(_ key: String, _ keys: inout MappingReader, isRequired: Bool) -> Timestamp? {
        guard let text = isRequired ? keys.requiredText(key) : keys.text(key) else { return nil }
        guard let moment = Timestamp(text.value) else {
            findings.error(
                "invalid-value", "expected a time such as 2026-12-04T00:00:00Z, found \"\(text.value)\"",
                at: text.location, pointer: "/\(key)")
            return nil
        }
        return moment
    }
}
