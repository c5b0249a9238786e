internal import Diagnostics
package import Digest
internal import TimeKeeping
internal import YAML

/// What a stage file says about who may let changes through, and about what it is that they let through.
package struct StageProtection: Sendable, Equatable {
    /// The stage's name.
    package var stage: String
    /// The stage whose endpoint it releases, if it is a release stage.
    package var releases: String?
    /// A digest over what says which door its gates keep: name, branch, what it releases, workspace.
    package var place: ContentDigest
    /// Its rules, by gate; empty when the file has none.
    package var policies: [GatePolicy]
    /// Rules that could not be understood: their gates stay closed, each with its reason.
    package var unclear: [GateName: String]
    /// A digest over everything here and over the keys that say what the gates guard.
    package var digest: ContentDigest

    /// Beside the rules, these say which door a gate keeps; changing one could leave a lock on a wall.
    private static let guarded = ["name", "branch", "releases", "workspace"]
    private static let ruleKeys = [
        "required_reviewers", "approvals", "prevent_self_review", "expires_after", "wait_timer",
    ]

    /// What a stage file says, or the one reason for which nothing of it can be trusted.
    ///
    /// Only the parts that gates depend on are read; the rest of the file is DesiredState's.
    package static func read(_ bytes: [UInt8], path: String, stage fileStage: String) -> Result<Self, Unclear> {
        let root: Node
        do {
            guard
                let node = try YAMLReader(limits: YAMLLimits(bytes: 1 << 20, depth: 16, nodes: 20_000, aliases: 100))
                    .document(bytes)
            else { return .failure(Unclear(reason: "\(path) is empty")) }
            root = node
        } catch {
            return .failure(Unclear(reason: "\(path):\(error.mark): \(error.message)"))
        }
        guard let mapping = root.mapping else {
            return .failure(Unclear(reason: "\(path):\(root.mark): a stage file must be a mapping"))
        }
        let stage = mapping["name"]?.text ?? fileStage
        guard GateName.isWord(stage) else {
            return .failure(Unclear(reason: "\(path): \"name\" must be one plain word"))
        }
        var result = StageProtection(
            stage: stage, releases: mapping["releases"]?.text,
            place: digest(of: mapping, guarded, fileStage: fileStage),
            policies: [], unclear: [:],
            digest: digest(of: mapping, guarded + ["protection_rules"], fileStage: fileStage))
        guard let rules = mapping["protection_rules"], !rules.isNull else { return .success(result) }
        guard let gates = rules.mapping else {
            return .failure(Unclear(reason: "\(path):\(rules.mark): protection_rules must be a mapping"))
        }
        for entry in gates {
            guard let gate = GateName(stage: stage, rule: entry.name) else {
                return .failure(Unclear(reason: "\(path):\(entry.keyMark): \"\(entry.name)\" is no name for a gate"))
            }
            switch policy(gate, entry.value, path: path) {
            case .success(let policy): result.policies.append(policy)
            case .failure(let unclear): result.unclear[gate] = unclear.reason
            }
        }
        return .success(result)
    }

    /// Why a rule or file counts as closed.
    package struct Unclear: Error, Sendable, Equatable {
        /// One sentence with its place.
        package var reason: String
    }

    private static func policy(_ gate: GateName, _ node: Node, path: String) -> Result<GatePolicy, Unclear> {
        var findings: [Diagnostic] = []
        let pointer = "/protection_rules/\(gate.rule)"
        guard
            var fields = StrictMapping(
                node, path: path, pointer: pointer, known: ruleKeys, what: "a protection rule", into: &findings)
        else { return .failure(Unclear(reason: findings.first?.sentence ?? "\(path): unclear rule")) }
        let reviewers = fields.reviewers()
        let timer = fields.span("wait_timer") ?? .zero
        let approvals = fields.number("approvals", in: 1...100) ?? (reviewers.isEmpty ? 0 : 1)
        if approvals > reviewers.count {
            fields.wrong(
                "approvals", "\(approvals) approvals cannot come from \(reviewers.count) required reviewers")
        } else if reviewers.isEmpty, timer == .zero {
            fields.wrong(
                "required_reviewers", "a protection rule needs required_reviewers or a wait_timer", code: "missing-key")
        }
        let policy = GatePolicy(
            gate: gate, requiredReviewers: reviewers, approvals: approvals,
            preventSelfReview: fields.flag("prevent_self_review") ?? false, expiresAfter: fields.span("expires_after"),
            waitTimer: timer)
        if let finding = fields.findings.first { return .failure(Unclear(reason: finding.sentence)) }
        return .success(policy)
    }

    /// A digest that comments, blanks and the order of keys do not change.
    private static func digest(of mapping: Mapping, _ keys: [String], fileStage: String) -> ContentDigest {
        var members: [String: JSONValue] = ["": .string(fileStage)]
        for key in keys {
            if let node = mapping[key] { members[key] = json(node) }
        }
        return JSONValue.object(members).digest
    }

    private static func json(_ node: Node) -> JSONValue {
        switch node.value {
        // Text as written: two spellings of one value only ask for one signature too many.
        case .scalar(let scalar): .string((scalar.style == .plain ? "p" : "q") + (scalar.tag ?? "") + scalar.text)
        case .sequence(let items): .array(items.map(json))
        case .mapping(let mapping):
            .object(Dictionary(mapping.map { ($0.name, json($0.value)) }, uniquingKeysWith: { _, last in last }))
        }
    }
}

extension Diagnostic {
    /// Place and message in one line.
    var sentence: String { (location.map { "\($0): " } ?? "") + message + (hint.map { "; \($0)" } ?? "") }
}

extension StrictMapping {
    fileprivate mutating func reviewers() -> [String] {
        guard let node = mapping["required_reviewers"] else { return [] }
        guard let items = node.sequence else {
            wrong(
                "required_reviewers", "\"required_reviewers\" must be a list, not \(node.kindDescription)",
                code: "wrong-type")
            return []
        }
        var people: [String] = []
        for item in items {
            guard let person = item.text, Identity.isPlain(person) else {
                wrong("required_reviewers", "a required reviewer must be one person, such as alice@example.com")
                continue
            }
            // Somebody named twice could otherwise make up a quorum alone.
            if people.contains(where: { Identity.isSame($0, person) }) {
                wrong("required_reviewers", "\(person) stands twice among the required reviewers")
            } else {
                people.append(person)
            }
        }
        return people
    }
}
