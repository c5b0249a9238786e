internal import AssetSchema
internal import Diagnostics

/// The rules that the templates state for names in their config files.
struct NamedRules {
    private struct Rule {
        /// Variables in lower case.
        var variables: [String]
        var lengths: ClosedRange<Int>
        var isAllowed: @Sendable (UInt8) -> Bool
        /// What is allowed, for messages.
        var allowed: String
        var severity: Diagnostic.Severity
    }

    private static let rules: [Rule] = [
        Rule(
            variables: ["base_name"], lengths: 1...10, isAllowed: isLetterOrDigit,
            allowed: "up to 10 letters and digits, for the names of all resources begin with it", severity: .error),
        Rule(
            variables: ["location"], lengths: 1...60, isAllowed: isLetterOrDigit,
            allowed: "a region's name without blanks, such as westus2", severity: .warning),
        Rule(
            variables: [
                "storage_account", "storageaccount", "storage_account_name", "terraform_st_storage_account",
                "scoring_datastore_storage_name",
            ], lengths: 3...24, isAllowed: isLowerCaseOrDigit,
            allowed: "3 to 24 lower-case letters and digits, for it is a storage account's name", severity: .warning),
        Rule(
            variables: ["key_vault", "keyvault", "key_vault_name"], lengths: 3...24,
            isAllowed: { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") },
            allowed: "3 to 24 letters, digits and \"-\", for it is a key vault's name", severity: .warning),
        Rule(
            variables: ["container_registry", "containerregistry", "container_registry_name"], lengths: 5...50,
            isAllowed: isLetterOrDigit, allowed: "5 to 50 letters and digits, for it is a container registry's name",
            severity: .warning),
        Rule(
            variables: StageReader.workspaceVariables["name"]?.map { $0.lowercased() } ?? [], lengths: 3...33,
            isAllowed: { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") },
            allowed: "3 to 33 letters, digits, \"-\" and \"_\", for it is a workspace's name", severity: .warning),
    ]

    /// Checks the variables of one stage.
    static func check(_ variables: VariableSet, findings: Findings) {
        for name in variables.names {
            let folded = name.lowercased()
            guard let rule = rules.first(where: { $0.variables.contains(folded) }),
                let definition = variables.definition(of: name), let value = variables[name], value.problem == nil,
                !value.text.isEmpty
            else { continue }
            let bytes = value.text.utf8
            guard !rule.lengths.contains(bytes.count) || !bytes.allSatisfy(rule.isAllowed) else { continue }
            findings.append(
                Diagnostic(
                    rule.severity, code: "name-rule",
                    "\"\(value.text)\"\(value.text == definition.text ? "" : ", the value of \"\(name)\",") is not allowed here: "
                        + rule.allowed, at: definition.location, pointer: "/variables/\(name)"))
        }
    }

    /// Checks what stages have in common: one workspace can't hold two things of one name, nor one region two endpoints.
    static func check(_ stages: [DesiredStage]) -> [(stage: Int, diagnostic: Diagnostic)] {
        var found: [(Int, Diagnostic)] = []
        var seen: [AssetKey: [(stage: DesiredStage, asset: DesiredAsset)]] = [:]
        for (index, stage) in stages.enumerated() where stage.releases == nil {
            for asset in stage.assets where asset.kind == .onlineEndpoint || asset.kind == .batchEndpoint {
                for other in seen[asset.key] ?? [] {
                    if let diagnostic = clash(asset, of: stage, other.stage) { found.append((index, diagnostic)) }
                }
                seen[asset.key, default: []].append((stage, asset))
            }
        }
        return found
    }

    private static func clash(_ asset: DesiredAsset, of stage: DesiredStage, _ other: DesiredStage) -> Diagnostic? {
        let (own, theirs) = (stage.workspace, other.workspace)
        let hint = "let the name end with -$(ENVIRONMENT)"
        let what = "the \(asset.kind.title) \"\(asset.definition.name)\""
        if own.name == theirs.name, own.resourceGroup == theirs.resourceGroup,
            own.subscriptionID == theirs.subscriptionID, own.engine == theirs.engine
        {
            return .error(
                "duplicate-asset", "stages \(other.name) and \(stage.name) both have \(what) in workspace \(own.name)",
                at: asset.source, pointer: "/name", hint: hint)
        }
        let regions = [own.location, theirs.location].map { $0?.lowercased() }
        if let region = regions[0], let second = regions[1], region != second { return nil }
        let isAzure = own.engine == .azureml && theirs.engine == .azureml
        return Diagnostic(
            isAzure ? .warning : .note, code: "name-in-region",
            "\(what) is \(other.name)'s too; in Azure an endpoint's name is unique in its region", at: asset.source,
            pointer: "/name", hint: hint)
    }

    private static let isLetterOrDigit: @Sendable (UInt8) -> Bool = { byte in
        isLowerCaseOrDigit(byte) || (65...90).contains(byte)
    }

    private static let isLowerCaseOrDigit: @Sendable (UInt8) -> Bool = { byte in
        (97...122).contains(byte) || (48...57).contains(byte)
    }
}
