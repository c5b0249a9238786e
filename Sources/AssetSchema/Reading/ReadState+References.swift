import Digest
import YAML

extension ReadState {
    /// A versioned asset: `azureml:name:version`, `azureml:name@label`, an ARM id, or a registry's.
    mutating func asset(_ node: Node, _ kind: AssetKind, allowsNoVersion: Bool) -> JSONValue? {
        guard let text = text(node, expecting: "a reference to an asset") else { return nil }
        var title: String { kind.title }
        // As the SDK: whatever follows this prefix is left to the service.
        if text.hasPrefix("azureml://registries/") { return registry(text, kind, node) }
        guard text.hasPrefix("azureml:") else {
            error(
                .invalidReference, "\(Self.quoted(text)) refers to no \(title)", at: node.mark,
                hint: "write azureml:NAME:VERSION or azureml:NAME@latest")
            return nil
        }
        let rest = String(decoding: text.utf8.dropFirst(8), as: UTF8.self)
        if rest.hasPrefix("azureml://registries/") { return registry(rest, kind, node) }
        if rest.utf8.contains(UInt8(ascii: "/")), !rest.hasPrefix("/"), !rest.hasPrefix("subscriptions/") {
            error(
                .invalidReference, "\(Self.quoted(text)) is no reference to \(Self.article(title))", at: node.mark,
                hint: "an ARM id starts with a slash: azureml:/subscriptions/…")
            return nil
        }
        guard let reference = AssetReference(text) else {
            error(
                .incompleteReference, "\(Self.quoted(text)) is no complete reference to \(Self.article(title))",
                at: node.mark, hint: "write azureml:NAME:VERSION or azureml:NAME@latest")
            return nil
        }
        if reference.selector == .unspecified {
            let isARM = reference.scope != .workspace
            if !allowsNoVersion || isARM {
                error(
                    .invalidReference, "\(Self.quoted(text)) names no version of the \(title)", at: node.mark,
                    hint: isARM ? "end it with /versions/VERSION" : "write \(text):VERSION or \(text)@latest")
                return nil
            }
            warning(
                .surprisingValue, "\(Self.quoted(text)) names no version; the latest is taken", at: node.mark,
                hint: "write \(text)@latest")
        }
        note(reference: reference, kind: kind, at: node.mark)
        return .string(reference.description)
    }

    private mutating func registry(_ text: String, _ kind: AssetKind?, _ node: Node) -> JSONValue? {
        guard let reference = AssetReference(text), reference.selector != .unspecified else {
            error(
                .incompleteReference, "\(Self.quoted(text)) is no complete registry reference", at: node.mark,
                hint: "write azureml://registries/REGISTRY/COLLECTION/NAME/versions/VERSION")
            return nil
        }
        note(reference: reference, kind: kind, at: node.mark)
        return .string(reference.description)
    }

    static func article(_ noun: String) -> String {
        ("aeiou".contains(noun.first ?? "x") ? "an " : "a ") + noun
    }

    /// Something without versions: `azureml:` and a name or id.
    mutating func resource(_ node: Node, _ kind: AssetKind?) -> JSONValue? {
        guard let text = text(node, expecting: "a reference") else { return nil }
        guard text.hasPrefix("azureml:") else {
            error(
                .invalidReference, "\(Self.quoted(text)) is no reference", at: node.mark, hint: "write azureml:\(text)")
            return nil
        }
        if let reference = AssetReference(text) { note(reference: reference, kind: kind, at: node.mark) }
        return .string(text)
    }

    /// `azureml:name`, a bare name (which the SDK completes), an ARM id, or `local`.
    mutating func compute(_ node: Node) -> JSONValue? {
        guard let text = text(node, expecting: "a compute target") else { return nil }
        if text.lowercased() == "local" { return "local" }
        let full = text.hasPrefix("azureml:") ? text : "azureml:\(text)"
        if let reference = AssetReference(full) { note(reference: reference, kind: .compute, at: node.mark) }
        return .string(full)
    }

    /// A local path, or one of its alternatives.
    mutating func path(_ node: Node, _ rule: PathRule) -> JSONValue? {
        guard let text = text(node, expecting: "a path") else { return nil }
        guard !text.isEmpty else {
            error(.missingPart, "the path is empty", at: node.mark)
            return nil
        }
        for alternative in rule.alternatives {
            switch alternative {
            case .url where Self.isWebURL(text): return .string(text)
            case .git where text.hasPrefix("git+"): return .string(text)
            case .registryCode where text.hasPrefix("azureml://registries/") || text.hasPrefix("azureml://feeds/"):
                return .string(text)
            case .codeAsset where text.hasPrefix("azureml:"):
                guard let reference = AssetReference(text), reference.selector != .unspecified else {
                    error(
                        text == "azureml:" ? .incompleteReference : .invalidReference,
                        "\(Self.quoted(text)) names no version of a code asset", at: node.mark,
                        hint: "write a local folder, or azureml:NAME:VERSION")
                    return nil
                }
                note(reference: reference, kind: nil, at: node.mark)
                return .string(text)
            case .anyURI:
                if case .uri = AssetPath(text) { return .string(text) }
            default: continue
            }
        }
        let local: String
        switch rule.role {
        case .code, .scoringCode, .buildContext: local = text
        default: if case .local(let path) = AssetPath(text) { local = path } else { local = text }
        }
        note(path: local, role: rule.role, at: node.mark)
        return .string(text)
    }

    /// Whether a text is a URL with a host that has a domain, as the SDK's schema library wants it.
    static func isWebURL(_ text: String) -> Bool {
        guard let colon = text.firstRange(of: "://"),
            ["http", "https", "ftp", "ftps"].contains(text[..<colon.lowerBound].lowercased())
        else { return false }
        var rest = text[colon.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let tail = rest[end...]
        guard !tail.contains(where: \.isWhitespace), tail != "?" else { return false }
        rest = rest[..<end]
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if let port = rest.lastIndex(of: ":"), rest.last != "]" {
            let digits = rest[rest.index(after: port)...]
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return false }
            rest = rest[..<port]
        }
        return isHost(rest)
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.lowercased() == "localhost" { return true }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.contains(":") && host.dropFirst().dropLast().allSatisfy { $0 == ":" || $0.isHexDigit }
        }
        var labels = host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last == "" { labels.removeLast() }
        guard labels.count >= 2, let last = labels.last, last.count >= 2 || Int(last) != nil else { return false }
        return labels.allSatisfy { label in
            !label.isEmpty && label.count <= 63 && label.first != "-" && label.last != "-"
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
    }

    /// A job input's path: anything loads in the SDK, so what can't work is our finding.
    mutating func inputPath(_ node: Node, _ kind: AssetKind) -> JSONValue? {
        guard let text = text(node, expecting: "a path") else { return nil }
        if text.hasPrefix("azureml://registries/") {
            return registry(text, kind, node)
        }
        if text.hasPrefix("azureml:"), !text.hasPrefix("azureml://") {
            guard let reference = AssetReference(text), reference.selector != .unspecified else {
                error(
                    .incompleteReference, "\(Self.quoted(text)) names no version of \(Self.article(kind.title)) asset",
                    at: node.mark, hint: "write azureml:NAME:VERSION or azureml:NAME@latest")
                return nil
            }
            note(reference: reference, kind: kind, at: node.mark)
            return .string(reference.description)
        }
        // `${{parent.inputs.x}}` and `$(X)` are for others to resolve.
        if text.hasPrefix("${{") { return .string(text) }
        if case .local(let path) = AssetPath(text) {
            guard !path.isEmpty else {
                error(.missingPart, "the path is empty", at: node.mark)
                return nil
            }
            note(path: path, role: kind == .model ? .model : .data, at: node.mark)
        }
        return .string(text)
    }

    /// A conda environment: a path that the SDK loads, or the mapping itself.
    mutating func condaFile(_ node: Node) -> JSONValue? {
        if node.mapping != nil { return raw(node) }
        guard let text = text(node, expecting: "a conda file's path, or its content as a mapping") else { return nil }
        // The SDK takes an empty text for no conda file at all.
        if text.isEmpty { return .null }
        note(path: text.hasPrefix("file:") ? String(text.dropFirst(5)) : text, role: .condaFile, at: node.mark)
        return .string(text)
    }
}
