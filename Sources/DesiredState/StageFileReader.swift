internal import Diagnostics
internal import TimeKeeping
internal import YAML

/// Reads a stage file; what only other files can tell is checked by `StageGraph`.
struct StageFileReader {
    let path: String
    let findings: Findings

    /// The stage a document describes; nil only when it is no mapping or its name is unusable.
    func read(_ document: Node) -> StageFile? {
        guard var keys = MappingReader(document, path: path, expected: "a stage's keys", findings: findings) else {
            return nil
        }
        let name = keys.text("name") ?? Located(stem, at: keys.location)
        guard Self.isStageName(name.value) else {
            findings.error(
                "invalid-value", "\"\(name.value)\" is no stage name", at: name.location, pointer: "/name",
                hint: "use up to 32 lower-case letters, digits and hyphens, a letter first")
            return nil
        }
        var stage = StageFile(name: name, workspace: .init(), source: keys.location)
        stage.branch = keys.text("branch")
        stage.config = keys.texts("config")
        if let workspace = keys.child("workspace", expected: "a mapping such as { type: local }") {
            stage.workspace = read(workspace: workspace)
        }
        stage.promotes = keys.text("promotes")
        stage.releases = keys.text("releases")
        if let evaluation = keys.child("evaluation", expected: "a mapping with metric and goal") {
            stage.evaluation = read(evaluation: evaluation)
        }
        if let rules = keys.child("protection_rules", expected: "a mapping of gates") {
            stage.protectionRules = read(rules: rules)
        }
        if let rollout = keys.child("rollout", expected: "a mapping with strategy and steps") {
            stage.rollout = read(rollout: rollout)
        }
        if let drift = keys.node("drift") { stage.drift = read(drift: drift, in: keys) }
        stage.prune = keys.boolean("prune") ?? false
        if let overrides = keys.child("environment_overrides", expected: "a mapping of environment names") {
            stage.environmentOverrides = read(overrides: overrides)
        }
        stage.checks = readChecks(&keys)
        readPassed(from: &keys, into: &stage)
        keys.finish()
        check(stage, keys)
        return stage
    }

    /// What pipelines would pass on the command line, written down.
    private func readPassed(from keys: inout MappingReader, into stage: inout StageFile) {
        if var files = keys.child("overrides", expected: "a mapping of asset files and what takes their fields' places")
        {
            var overrides: [String: [String: FieldOverride]] = [:]
            for entry in files.entries() {
                guard
                    var fields = MappingReader(
                        entry.value, path: path, pointer: "\(files.pointer)/\(entry.name)",
                        expected: "a mapping of fields", findings: findings)
                else { continue }
                for field in fields.entries() {
                    guard let text = fields.text(field.name) else { continue }
                    overrides[entry.name, default: [:]][field.name] = FieldOverride(
                        text: text.value, location: text.location)
                }
            }
            stage.overrides = overrides
        }
        stage.leftOut = keys.texts("left_out") ?? []
        stage.modelPath = keys.text("model_path")
        if var requests = keys.child("sample_requests", expected: "a mapping with online and batch") {
            stage.onlineRequest = requests.text("online")
            stage.batchRequest = requests.text("batch")
            requests.finish()
        }
    }

    private var stem: String {
        let file = path.split(separator: "/").last ?? Substring(path)
        return String(file.prefix { $0 != "." })
    }

    static func isStageName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (97...122).contains(first), name.utf8.count <= 32 else { return false }
        return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// A release stage has no content of its own, so keys about content would promise what can't be kept.
    private func check(_ stage: StageFile, _ keys: MappingReader) {
        guard stage.releases != nil else {
            if stage.branch == nil, !keys.has("branch") {
                findings.error(
                    "missing-key", "missing key \"branch\"", at: keys.location, pointer: "/branch",
                    hint: "name the branch this stage follows, or the stage it releases: `releases: prod`")
            }
            return
        }
        for key in [
            "branch", "config", "workspace", "promotes", "evaluation", "environment_overrides", "overrides", "left_out",
            "model_path", "sample_requests", "checks",
        ]
        where keys.has(key) {
            findings.error(
                "misplaced-key", "\"\(key)\" has no meaning in a stage that releases another",
                at: keys.location(of: key), pointer: "/\(key)",
                hint: "the released stage \"\(stage.releases?.value ?? "")\" decides it")
        }
        if stage.protectionRules["register_model"] != nil {
            findings.error(
                "misplaced-key", "the gate \"register_model\" has no meaning in a stage that releases another",
                at: keys.location(of: "protection_rules"), pointer: "/protection_rules/register_model",
                hint: "put it into environments/\(stage.releases?.value ?? "").yml")
        }
    }

    private func read(workspace keys: MappingReader) -> StageFile.Workspace {
        var keys = keys
        var workspace = StageFile.Workspace(source: keys.location)
        workspace.engine = keys.choice("type", WorkspaceTarget.Engine.self) ?? .local
        workspace.subscriptionID = keys.text("subscription_id")?.value
        workspace.resourceGroup = keys.text("resource_group")?.value
        workspace.name = keys.text("name")?.value
        workspace.location = keys.text("location")?.value
        keys.finish()
        return workspace
    }

    private enum Opponent: String, CaseIterable {
        case registered
    }

    private func read(evaluation keys: MappingReader) -> EvaluationPolicy? {
        var keys = keys
        let metric = keys.requiredText("metric")
        let goal = keys.choice("goal", EvaluationPolicy.Goal.self) ?? .maximize
        let minimum = keys.number("minimum")
        let opponent = keys.choice("better_than", Opponent.self)
        keys.finish()
        return metric.map {
            EvaluationPolicy(
                metric: $0.value, goal: goal, minimum: minimum, isBetterThanRegistered: opponent == .registered)
        }
    }

    private func read(rules keys: MappingReader) -> [String: ProtectionRules] {
        var keys = keys
        var rules: [String: ProtectionRules] = [:]
        for gate in StageFile.gates {
            guard let gateKeys = keys.child(gate, expected: "the rules of the gate") else { continue }
            rules[gate] = read(gate: gateKeys)
        }
        keys.finish()
        return rules
    }

    private func read(gate keys: MappingReader) -> ProtectionRules {
        var keys = keys
        let reviewers = keys.texts("required_reviewers") ?? []
        var names: [String] = []
        for reviewer in reviewers {
            if !isAddress(reviewer.value) {
                findings.error(
                    "invalid-value", "\"\(reviewer.value)\" is no e-mail address", at: reviewer.location,
                    pointer: "\(keys.pointer)/required_reviewers",
                    hint: "reviewers are known by the address that allowed_signers binds to their key")
            } else if names.contains(where: { $0.lowercased() == reviewer.value.lowercased() }) {
                findings.error(
                    "duplicate", "the reviewer \"\(reviewer.value)\" is named twice", at: reviewer.location,
                    pointer: "\(keys.pointer)/required_reviewers")
            } else {
                names.append(reviewer.value)
            }
        }
        let approvals = keys.integer("approvals", in: 0...100)
        let rules = ProtectionRules(
            requiredReviewers: names, approvals: approvals ?? (reviewers.isEmpty ? 0 : 1),
            preventSelfReview: keys.boolean("prevent_self_review") ?? false,
            expiresAfter: keys.span("expires_after"), waitTimer: keys.span("wait_timer") ?? .zero)
        keys.finish()
        // Counted as written: a reviewer refused above is one finding, not two.
        if let approvals, approvals > reviewers.count, !reviewers.isEmpty || !keys.has("required_reviewers") {
            findings.error(
                "invalid-value",
                "\(approvals) approvals can't come from \(reviewers.count) required reviewer\(reviewers.count == 1 ? "" : "s")",
                at: keys.location(of: "approvals"), pointer: "\(keys.pointer)/approvals",
                hint: "the gate would stay closed for ever")
        }
        if let expiry = rules.expiresAfter, expiry <= rules.waitTimer, expiry > .zero, rules.waitTimer > .zero {
            findings.error(
                "invalid-value", "approvals expire after \(expiry), before the wait of \(rules.waitTimer) is over",
                at: keys.location(of: "expires_after"), pointer: "\(keys.pointer)/expires_after")
        }
        return rules
    }

    private func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let local = parts.first, let domain = parts.last, !local.isEmpty, text.utf8.count <= 254
        else { return false }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        return text.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value != 0x7F && !"<>,;\"".unicodeScalars.contains($0)
        }
            && !labels.contains("")
    }

    private func read(rollout keys: MappingReader) -> RolloutPolicy {
        var keys = keys
        let strategy = keys.choice("strategy", RolloutPolicy.Strategy.self)
        if strategy == nil, !keys.has("strategy") {
            findings.error(
                "missing-key", "missing key \"strategy\"", at: keys.location, pointer: "\(keys.pointer)/strategy",
                hint: "one of blue_green, canary, in_place")
        }
        let children = keys.children("steps", expected: "a step such as { traffic: 10, hold: 5m }")
        var steps: [RolloutPolicy.Step] = []
        for child in children ?? [] {
            var child = child
            let traffic = child.integer("traffic", in: 1...100)
            let hold = child.span("hold") ?? .zero
            if traffic == nil, !child.has("traffic") {
                findings.error(
                    "missing-key", "missing key \"traffic\"", at: child.location, pointer: "\(child.pointer)/traffic")
            }
            child.finish()
            guard let traffic else { continue }
            if let previous = steps.last, traffic <= previous.traffic {
                findings.error(
                    "invalid-value", "steps must ascend: \(traffic) comes after \(previous.traffic)",
                    at: child.location(of: "traffic"), pointer: "\(child.pointer)/traffic")
            }
            steps.append(.init(traffic: traffic, hold: hold))
        }
        if keys.has("steps"), let children, steps.count == children.count, steps.last?.traffic != 100 {
            findings.error(
                "invalid-value", "the last step must be traffic: 100",
                at: children.last?.location ?? keys.location(of: "steps"), pointer: "\(keys.pointer)/steps")
        }
        let delay = keys.span("scale_down_delay") ?? .zero
        keys.finish()
        if strategy == .inPlace, keys.has("steps") {
            findings.error(
                "misplaced-key", "\"steps\" has no meaning where the one deployment is updated in place",
                at: keys.location(of: "steps"), pointer: "\(keys.pointer)/steps",
                hint: "use blue_green or canary to move traffic in steps")
        }
        return RolloutPolicy(
            strategy: strategy ?? .blueGreen, steps: steps.isEmpty ? [.init(traffic: 100)] : steps,
            scaleDownDelay: delay)
    }

    private func read(drift node: Node, in parent: MappingReader) -> DriftPolicy {
        let pointer = "/drift"
        if node.mapping == nil {
            return DriftPolicy(mode: parent.choice(of: node, pointer: pointer, DriftPolicy.Mode.self) ?? .heal)
        }
        guard
            var keys = MappingReader(
                node, path: path, pointer: pointer, expected: "heal, warn, ignore or a mapping", findings: findings)
        else { return DriftPolicy() }
        var policy = DriftPolicy(mode: keys.choice("mode", DriftPolicy.Mode.self) ?? .heal)
        if var fields = keys.child("fields", expected: "a mapping of fields and modes") {
            for entry in fields.entries() {
                policy.fields[entry.name] = fields.choice(
                    of: entry.value, pointer: "\(fields.pointer)/\(entry.name)", DriftPolicy.Mode.self)
            }
        }
        for field in keys.texts("ignore_fields") ?? [] { policy.fields[field.value] = .ignore }
        keys.finish()
        return policy
    }

    private func read(overrides keys: MappingReader) -> [String: StageFile.EnvironmentOverride] {
        var keys = keys
        var overrides: [String: StageFile.EnvironmentOverride] = [:]
        for entry in keys.entries() {
            guard
                var child = MappingReader(
                    entry.value, path: path, pointer: "\(keys.pointer)/\(entry.name)",
                    expected: "a mapping with python, conda_file or image", findings: findings)
            else { continue }
            let location = SourceLocation(path, entry.keyMark)
            var override = StageFile.EnvironmentOverride(location: location)
            if let python = child.text("python") {
                let parts = python.value.split(separator: ".", omittingEmptySubsequences: false)
                if (2...3).contains(parts.count),
                    parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
                {
                    override.python = python.value
                } else {
                    findings.error(
                        "invalid-value", "\"\(python.value)\" is no Python version", at: python.location,
                        pointer: "\(child.pointer)/python", hint: "such as \"3.11\"")
                }
            }
            override.condaFile = child.text("conda_file")
            override.image = child.text("image")?.value
            child.finish()
            if override == .init(location: location), !child.has("python") {
                findings.error(
                    "missing-key", "an override needs python, conda_file or image", at: child.location,
                    pointer: child.pointer)
            }
            overrides[entry.name] = override
        }
        return overrides
    }
}
