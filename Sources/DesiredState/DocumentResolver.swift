internal import AssetSchema
internal import Diagnostics
internal import YAML

/// Replaces macros and bound fields in one asset file.
///
/// What is replaced becomes text: `$(POSTFIX)` with `0001` is four characters in every field that takes text, and fields
/// that take numbers read numbers from text as Azure's SDK does.
struct DocumentResolver {
    let file: AssetFile
    private let document: Node
    let variables: VariableSet
    let bindings: [String: Binding]
    /// What pipelines or the stage file put into fields, by field; nested fields by dots.
    let overrides: [String: FieldOverride]
    let tree: ProjectTree
    let findings: Findings

    /// Whether something could not be resolved, so that the asset is no more than a check of its other fields.
    var isBroken: Bool { !brokenPointers.isEmpty }
    /// The variables whose values went into the document.
    private(set) var usedVariables: Set<String> = []
    /// How many bytes of variables' values went into the document.
    private var insertedBytes = 0
    /// How often a place was looked up to tell of a mistake there.
    private var toldPlaces = 0
    /// The fields that could not be resolved.
    private var brokenPointers: [String] = []
    /// Where the values of fields come from that do not stand in the file, by pointer.
    private(set) var origins: [String: SourceLocation] = [:]
    /// Whether the asset takes its name from a variable that its template left open.
    private(set) var unfilledVariable: VariableSet.Definition?

    /// What stands for a value that could not be resolved: fits every rule about names, so that each mistake is told once.
    static let unresolved = "unresolved"

    /// Values put into one file; a file that takes more was made to grow.
    private static let insertedLimit = 256 << 10
    /// Mistakes about variables told of one file; each looks for its place in the whole text.
    private static let toldLimit = 100

    private static let freeMaps: Set<String> = ["tags", "properties", "environment_variables"]
    /// Fields in which angle brackets are a matter of taste.
    private static let freeText: Set<String> = [
        "command", "description", "display_name", "arguments", "program_arguments",
    ]

    init(
        file: AssetFile, document: Node, variables: VariableSet, bindings: [String: Binding],
        overrides: [String: FieldOverride] = [:], tree: ProjectTree, findings: Findings
    ) {
        self.file = file
        self.document = document
        self.variables = variables
        self.bindings = bindings
        // Where the pipelines pass what the convention binds, the convention tells more of what is wrong.
        self.overrides = overrides.filter { field, override in
            guard let binding = bindings[field] else { return true }
            return !binding.makes(override, of: document[field]?.text, in: variables)
        }
        self.tree = tree
        self.findings = findings
    }

    /// The document with everything replaced.
    mutating func resolve() -> Node {
        guard case .mapping(var mapping) = document.value else { return document }
        var hasChanged = false
        for index in mapping.entries.indices.reversed() {
            let name = mapping.entries[index].name
            var value = mapping.entries[index].value
            if let override = overrides[name] {
                mapping.entries[index].value = overridden(override, like: value, pointer: "/\(name)")
                hasChanged = true
            } else if let binding = bindings[name], let text = value.text {
                guard let replacement = bound(binding, name: name, literal: text, node: value) else { continue }
                mapping.entries[index].value = replacement
                hasChanged = true
            } else if name == "path", file.kind == .model, isLeftToJob(value) {
                // The model comes from the training job's outputs; MODEL_PATH says from where.
                mapping.entries.remove(at: index)
                hasChanged = true
            } else {
                let isChanged = replace(&value, key: name, pointer: "/\(name)")
                if isChanged { mapping.entries[index].value = value }
                hasChanged = hasChanged || isChanged
            }
        }
        for (name, binding) in bindings.sorted(by: { $0.key < $1.key })
        where mapping[name] == nil && overrides[name] == nil && binding.applies(to: nil, in: variables) {
            mapping[name] = expanded(binding, name: name, at: document)
            hasChanged = true
        }
        guard hasChanged || !overrides.isEmpty else { return document }
        var resolved = document
        resolved.value = .mapping(mapping)
        for (field, override) in overrides.sorted(by: { $0.key < $1.key })
        where field.contains(".") || mapping[field] == nil {
            let pointer = "/" + field.replacing(".", with: "/")
            let node = overridden(override, like: document, pointer: pointer)
            Self.put(node, at: field.split(separator: ".").map(String.init)[...], in: &resolved)
        }
        return resolved
    }

    private mutating func overridden(_ override: FieldOverride, like node: Node, pointer: String) -> Node {
        origins[pointer] = override.location
        let text = expand(override.text, node: node, pointer: pointer, isCommand: false, origin: override.location)
        return scalar(text, like: node)
    }

    /// Puts a value where keys lead; mappings that are not there are made.
    private static func put(_ value: Node, at keys: ArraySlice<String>, in node: inout Node) {
        guard let key = keys.first else {
            node = value
            return
        }
        var mapping = node.mapping ?? Mapping()
        var inner = mapping[key] ?? Node(.mapping(Mapping()), mark: value.mark, endMark: value.endMark)
        put(value, at: keys.dropFirst(), in: &inner)
        mapping[key] = inner
        node.value = .mapping(mapping)
    }

    private func isLeftToJob(_ node: Node) -> Bool {
        guard let text = node.text else { return false }
        return Binding.isSentinel(text) || (text.hasPrefix("azureml://jobs/") && Placeholder.first(in: text) != nil)
    }

    /// The replacement of a bound field, nil when the literal stays as it is.
    private mutating func bound(_ binding: Binding, name: String, literal: String, node: Node) -> Node? {
        guard binding.applies(to: literal, in: variables) else {
            var value = node
            return replace(&value, key: name, pointer: "/\(name)") ? value : nil
        }
        guard variables.definition(of: binding.variable) != nil else {
            if variables.isIncomplete {
                brokenPointers.append("/\(name)")
                return scalar(Self.unresolved, like: node)
            }
            let hint =
                EditDistance.suggestion(for: binding.variable, among: variables.names).map { "did you mean \"\($0)\"?" }
                ?? "define \(binding.variable) under `variables:` of a config file"
            tell(
                .error(
                    "unbound-override", "no variable \"\(binding.variable)\" is defined to take this place",
                    at: SourceLocation(file.path, node.mark), pointer: "/\(name)", hint: hint), at: "/\(name)")
            return scalar(Self.unresolved, like: node)
        }
        return expanded(binding, name: name, at: node)
    }

    private mutating func expanded(_ binding: Binding, name: String, at node: Node) -> Node {
        let definition = variables.definition(of: binding.variable)
        origins["/\(name)"] = definition?.location
        if let definition, name == "name", Placeholder.first(in: definition.text) != nil {
            unfilledVariable = definition
        }
        if let definition, definition.text.isEmpty {
            tell(
                .error(
                    "empty-variable", "\"\(definition.name)\" has no value", at: definition.location,
                    notes: [.init("it takes this place", at: SourceLocation(file.path, node.mark))]), at: "/\(name)")
            return scalar(Self.unresolved, like: node)
        }
        return scalar(
            expand(binding.expression(in: variables), node: node, pointer: "/\(name)", isCommand: false), like: node)
    }

    private func scalar(_ text: String, like node: Node) -> Node {
        Node(.scalar(Scalar(text, style: .doubleQuoted)), mark: node.mark, endMark: node.endMark)
    }

    /// Replaces macros below a node; false when nothing was there to replace.
    private mutating func replace(_ node: inout Node, key: String, pointer: @autoclosure () -> String) -> Bool {
        switch node.value {
        case .scalar(let scalar):
            if Binding.isSentinel(scalar.text) {
                tell(
                    .error(
                        "unbound-override", "nothing takes the place of \"\(scalar.text)\" in this field",
                        at: SourceLocation(file.path, node.mark), pointer: pointer(),
                        hint: "write the value, or $(NAME) for a variable's"), at: pointer())
                node = self.scalar(Self.unresolved, like: node)
                return true
            }
            if scalar.text.utf8.contains(UInt8(ascii: "<")), !Self.freeText.contains(key),
                let placeholder = Placeholder.first(in: scalar.text)
            {
                let mark = SourceScan.mark(
                    of: String(placeholder), occurrence: 0, in: node, source: try? tree.read(file.file))
                tell(
                    .error(
                        "placeholder", "the placeholder \"\(placeholder)\" was left in",
                        at: SourceLocation(file.path, mark), pointer: pointer(), hint: "write the real value"),
                    at: pointer())
                node = self.scalar(Self.unresolved, like: node)
                return true
            }
            guard Macro.mayOccur(in: scalar.text) else { return false }
            let text = expand(scalar.text, node: node, pointer: pointer(), isCommand: key == "command")
            guard text != scalar.text else { return false }
            node = self.scalar(text, like: node)
            return true
        case .sequence(var items):
            guard Self.mayChange(node) else { return false }
            var hasChanged = false
            for index in items.indices {
                if replace(&items[index], key: key, pointer: "\(pointer())/\(index)") { hasChanged = true }
            }
            if hasChanged { node.value = .sequence(items) }
            return hasChanged
        case .mapping(var mapping):
            guard Self.mayChange(node) else { return false }
            var hasChanged = false
            let isFree = Self.freeMaps.contains(key)
            for index in mapping.entries.indices {
                let name = mapping.entries[index].name
                // Everything below tags and variables of the process is the user's own text.
                let inner = isFree ? "description" : name
                if replace(&mapping.entries[index].value, key: inner, pointer: "\(pointer())/\(name)") {
                    hasChanged = true
                }
                if Macro.mayOccur(in: name) {
                    let keyNode = Node(.scalar(mapping.entries[index].key), mark: mapping.entries[index].keyMark)
                    let text = expand(name, node: keyNode, pointer: "\(pointer())/\(name)", isCommand: false)
                    mapping.entries[index].key = Scalar(text, style: .doubleQuoted)
                    hasChanged = true
                }
            }
            if hasChanged { node.value = .mapping(mapping) }
            return hasChanged
        }
    }

    /// Whether anything in a node could be replaced: looking costs less than the copies that replacing makes.
    private static func mayChange(_ node: Node) -> Bool {
        switch node.value {
        case .scalar(let scalar): mayChange(scalar.text)
        case .sequence(let items): items.contains { mayChange($0) }
        case .mapping(let mapping): mapping.entries.contains { mayChange($0.key.text) || mayChange($0.value) }
        }
    }

    private static func mayChange(_ text: String) -> Bool {
        Macro.mayOccur(in: text) || text.utf8.contains(UInt8(ascii: "<")) || Binding.isSentinel(text)
    }

    /// - Parameter origin: Where the text stands, when that is not in the asset file.
    private mutating func expand(
        _ text: String, node: Node, pointer: @autoclosure () -> String, isCommand: Bool, origin: SourceLocation? = nil
    ) -> String {
        var result = ""
        for part in Macro.parts(of: text) {
            guard case .use(let name, let occurrence) = part else {
                if case .text(let piece) = part { result += piece }
                continue
            }
            guard insertedBytes <= Self.insertedLimit, toldPlaces <= Self.toldLimit else {
                brokenPointers.append(pointer())
                break
            }
            guard let value = variables[name] else {
                if variables.isIncomplete {
                    brokenPointers.append(pointer())
                    result += Self.unresolved
                    continue
                }
                toldPlaces += 1
                let location = origin ?? place(of: name, occurrence, in: node)
                if isCommand {
                    findings.append(
                        .warning(
                            "unknown-variable", "no variable is named \"\(name)\"; the shell gets $(\(name)) as it is",
                            at: location, pointer: pointer(),
                            hint: "write $$(\(name)) if that is what the shell shall run"))
                    result += "$(\(name))"
                } else {
                    tell(variables.unknownName(name, at: location), at: pointer())
                    result += Self.unresolved
                }
                continue
            }
            usedVariables.insert(name)
            guard var problem = value.problem else {
                insertedBytes += value.text.utf8.count
                guard insertedBytes <= Self.insertedLimit else {
                    tell(
                        .error(
                            "variable-too-long",
                            "the values of variables make this file grow beyond \(Self.insertedLimit) bytes",
                            at: origin ?? place(of: name, occurrence, in: node), pointer: pointer()),
                        at: pointer())
                    break
                }
                result += value.text
                continue
            }
            brokenPointers.append(pointer())
            result += Self.unresolved
            if !value.isTold {
                toldPlaces += 1
                problem.notes.append(.init("used here", at: origin ?? place(of: name, occurrence, in: node)))
                findings.appendOnce(problem)
            }
        }
        return result
    }

    private func place(of name: String, _ occurrence: Int, in node: Node) -> SourceLocation {
        let bytes = try? tree.read(file.file)
        return SourceLocation(
            file.path, SourceScan.mark(of: "$(\(name))", occurrence: occurrence, in: node, source: bytes))
    }

    private mutating func tell(_ diagnostic: Diagnostic, at pointer: String) {
        brokenPointers.append(pointer)
        findings.append(diagnostic)
    }

    /// Whether a finding about the document with everything replaced comes from what could not be resolved.
    func explains(_ diagnostic: Diagnostic) -> Bool {
        guard isBroken else { return false }
        if diagnostic.message.contains(Self.unresolved) { return true }
        guard let pointer = diagnostic.pointer else { return false }
        return brokenPointers.contains { broken in
            // What stands beside a wrong `type` can't be judged, so nested mappings are left out as a whole.
            let parent = broken.lastIndex(of: "/").map { broken[..<$0] } ?? ""
            return pointer == broken || (!parent.isEmpty && (pointer.hasPrefix(parent) || parent.hasPrefix(pointer)))
        }
    }
}
