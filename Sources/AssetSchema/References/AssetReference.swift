/// A reference to something in a workspace or a registry, as written in a document.
package struct AssetReference: Sendable, Hashable, Codable {
    /// Which of a name's versions is meant.
    package enum Selector: Sendable, Hashable, Codable {
        case version(String)
        /// A label such as `latest`.
        case label(String)
        /// Nothing said.
        case unspecified
    }

    /// Where it lives.
    package enum Scope: Sendable, Hashable, Codable {
        /// The workspace the document is applied to.
        case workspace
        /// A workspace named by an ARM id.
        case arm(subscription: String, resourceGroup: String, workspace: String)
        /// A registry.
        case registry(String)
    }

    package var scope: Scope
    /// The collection of an ARM id or registry reference, such as `environments`.
    package var collection: String?
    package var name: String
    package var selector: Selector

    package init(scope: Scope = .workspace, collection: String? = nil, name: String, selector: Selector) {
        self.scope = scope
        self.collection = collection
        self.name = name
        self.selector = selector
    }

    /// The pinned version, if one is pinned.
    package var version: String? {
        if case .version(let version) = selector { return version }
        return nil
    }

    /// Whether the newest version is meant, whichever it is when asked.
    package var isLatest: Bool { selector == .label("latest") || selector == .unspecified }

    /// Whether it names something in the workspace itself.
    package var isLocal: Bool { scope == .workspace }

    /// Reads `azureml:name`, `azureml:name:version`, `azureml:name@label`, `azureml:<ARM id>` and
    /// `azureml://registries/<registry>/<collection>/<name>/versions/<version>`; nil for anything else.
    package init?(_ text: String) {
        guard text.hasPrefix("azureml:") else { return nil }
        let rest = String(decoding: text.utf8.dropFirst(8), as: UTF8.self)
        if let registry = Self.registry(rest) ?? Self.registry(text) {
            self = registry
        } else if rest.hasPrefix("/") || rest.hasPrefix("subscriptions/") {
            guard let reference = Self.arm(rest) else { return nil }
            self = reference
        } else {
            guard let reference = Self.short(rest) else { return nil }
            self = reference
        }
    }

    private static func short(_ text: String) -> AssetReference? {
        // All separators are ASCII, so bytes are enough, and much quicker than characters.
        let bytes = text.utf8
        guard !text.isEmpty, !bytes.contains(UInt8(ascii: "/")) else { return nil }
        if let at = bytes.lastIndex(of: UInt8(ascii: "@")) {
            let label = String(text[bytes.index(after: at)...])
            let name = String(text[..<at])
            guard !name.isEmpty, !label.isEmpty else { return nil }
            return AssetReference(name: name, selector: .label(label))
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            return AssetReference(name: text, selector: .unspecified)
        }
        let name = String(text[..<colon])
        let version = String(text[bytes.index(after: colon)...])
        guard !name.isEmpty, !version.isEmpty else { return nil }
        return AssetReference(name: name, selector: .version(version))
    }

    /// Reads an ARM id.
    ///
    /// `/subscriptions/S/resourceGroups/G/providers/Microsoft.MachineLearningServices/workspaces/W/C/N[/versions/V]`
    private static func arm(_ text: String) -> AssetReference? {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count >= 10, parts[0].lowercased() == "subscriptions", parts[2].lowercased() == "resourcegroups",
            parts[4].lowercased() == "providers", parts[5].lowercased() == "microsoft.machinelearningservices",
            parts[6].lowercased() == "workspaces"
        else { return nil }
        let scope = Scope.arm(subscription: parts[1], resourceGroup: parts[3], workspace: parts[7])
        guard let selector = selector(parts.dropFirst(10)) else { return nil }
        return AssetReference(scope: scope, collection: parts[8], name: parts[9], selector: selector)
    }

    private static func registry(_ text: String) -> AssetReference? {
        let prefix = "azureml://registries/"
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(separator: "/").map(String.init)
        guard parts.count >= 3, let selector = selector(parts.dropFirst(3)) else { return nil }
        return AssetReference(scope: .registry(parts[0]), collection: parts[1], name: parts[2], selector: selector)
    }

    private static func selector(_ rest: ArraySlice<String>) -> Selector? {
        let rest = Array(rest)
        if rest.isEmpty { return .unspecified }
        guard rest.count == 2 else { return nil }
        switch rest[0] {
        case "versions": return .version(rest[1])
        case "labels": return .label(rest[1])
        default: return nil
        }
    }
}

extension AssetReference: CustomStringConvertible {
    package var description: String {
        let prefix: String
        let separator: Bool
        switch scope {
        case .workspace:
            switch selector {
            case .version(let version): return "azureml:\(name):\(version)"
            case .label(let label): return "azureml:\(name)@\(label)"
            case .unspecified: return "azureml:\(name)"
            }
        case .arm(let subscription, let group, let workspace):
            prefix =
                "azureml:/subscriptions/\(subscription)/resourceGroups/\(group)/providers/"
                + "Microsoft.MachineLearningServices/workspaces/\(workspace)"
            separator = true
        case .registry(let registry):
            prefix = "azureml://registries/\(registry)"
            separator = true
        }
        let base = prefix + (separator ? "/" : "") + "\(collection ?? "assets")/\(name)"
        switch selector {
        case .version(let version): return "\(base)/versions/\(version)"
        case .label(let label): return "\(base)/labels/\(label)"
        case .unspecified: return base
        }
    }
}
