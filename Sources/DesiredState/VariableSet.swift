internal import Diagnostics
internal import YAML

/// The variables of one stage, each value resolved once.
struct VariableSet: Sendable, Equatable {
    /// A variable as a config file defines it.
    struct Definition: Sendable, Equatable {
        var name: String
        /// The value as written; `0001` is four characters.
        var text: String
        var location: SourceLocation
        /// Where each name used in the value stands, in order.
        var uses: [Located<String>] = []
        /// Definitions of the same name in earlier files.
        var overrides: [Located<String>] = []
    }

    /// A variable's value with every macro in it replaced.
    struct Value: Sendable, Equatable {
        var text: String
        /// Whether the stage's own name is part of it.
        var usesStageName = false
        /// Told when the variable is used by something; nil for values that are sound.
        var problem: Diagnostic?
        /// Whether the problem was told already, whoever uses it.
        var isTold = false
    }

    /// The name that always stands for the stage's own.
    static let stageNameVariable = "ENVIRONMENT"
    /// No name, path or command is longer; what is longer was made to grow.
    private static let longestValue = 32 << 10
    /// Values stand in values a few deep; a longer chain is there to exhaust the stack.
    static let deepestUse = 100
    /// Told names that nobody defined; a file with more of them is no file of ours.
    private static let unknownLimit = 100

    let stageName: Located<String>
    /// Whether a config file could not be read: then a name nobody defined is no mistake of who uses it.
    let isIncomplete: Bool
    /// Variable groups kept elsewhere, which may define more.
    let groups: [String]
    private(set) var definitions: [String: Definition] = [:]
    private var order: [String] = []
    private var values: [String: Value] = [:]
    /// Names by their lower-case form; nil where two differ in case alone.
    private var foldedNames: [String: String?] = [:]
    private var unknownCount = 0

    /// Reads nothing: takes definitions in the order of their files, the later winning, and resolves them all.
    init(
        stageName: Located<String>, definitions list: [Definition], isIncomplete: Bool = false,
        groups: [String] = [], findings: Findings
    ) {
        self.groups = groups
        self.stageName = stageName
        self.isIncomplete = isIncomplete
        for definition in list {
            guard definition.name != Self.stageNameVariable else {
                if definition.text != stageName.value {
                    findings.warning(
                        "reserved-variable",
                        "$(ENVIRONMENT) is always the stage's name, \"\(stageName.value)\"; this value is not used",
                        at: definition.location)
                }
                continue
            }
            var definition = definition
            if let earlier = definitions[definition.name] {
                definition.overrides = earlier.overrides + [Located(earlier.text, at: earlier.location)]
            } else {
                order.append(definition.name)
            }
            definitions[definition.name] = definition
        }
        values[Self.stageNameVariable] = Value(text: stageName.value, usesStageName: true)
        for name in names {
            let folded = name.lowercased()
            foldedNames[folded] = .some(foldedNames[folded] == nil ? name : nil)
        }
        for name in order {
            var path: [String] = []
            _ = resolve(name, path: &path, findings: findings)
        }
    }

    var names: [String] { order + [Self.stageNameVariable] }

    /// The name as defined: exact, else the only one that differs in case, as Azure Pipelines compares.
    func canonicalName(_ name: String) -> String? {
        if values[name] != nil || definitions[name] != nil { return name }
        return foldedNames[name.lowercased()] ?? nil
    }

    /// The resolved value of a variable, nil when none has that name.
    subscript(name: String) -> Value? {
        canonicalName(name).flatMap { values[$0] }
    }

    /// The definition of a variable, nil when none has that name.
    func definition(of name: String) -> Definition? {
        canonicalName(name).flatMap { definitions[$0] }
    }

    /// What is wrong with using a name: that nobody defined it.
    func unknownName(_ name: String, at location: SourceLocation) -> Diagnostic {
        let hint: String
        if let suggestion = EditDistance.suggestion(for: name, among: names) {
            hint = "did you mean \"$(\(suggestion))\"?"
        } else if name.contains(".") {
            hint = "only Azure Pipelines knows this name; define it in a config file"
        } else if let group = groups.first {
            hint = "\"\(group)\" may define it, but git does not tell its values; define it in a config file"
        } else {
            hint = "define it under `variables:` of a config file"
        }
        return .error("unknown-variable", "no variable is named \"\(name)\"", at: location, hint: hint)
    }

    private mutating func resolve(_ name: String, path: inout [String], findings: Findings) -> Value {
        if let value = values[name] { return value }
        guard let definition = definitions[name] else { return Value(text: "") }
        path.append(name)
        defer { path.removeLast() }
        var value = Value(text: "")
        var uses = definition.uses.makeIterator()
        for part in Macro.parts(of: definition.text) {
            switch part {
            case .text(let text): value.text += text
            case .use(let used, _):
                let location = uses.next()?.location ?? definition.location
                append(used, usedAt: location, to: &value, path: &path, findings: findings)
            }
            if value.text.utf8.count > Self.longestValue {
                value.text = ""
                value.problem = .error(
                    "variable-too-long", "the value of \"\(name)\" grows beyond \(Self.longestValue) bytes",
                    at: definition.location)
                value.isTold = true
                findings.append(contentsOf: [value.problem].compactMap(\.self))
                break
            }
        }
        if value.problem == nil, let placeholder = Placeholder.first(in: definition.text) {
            value.problem = .error(
                "placeholder", "\"\(name)\" still has the placeholder \"\(placeholder)\"", at: definition.location,
                hint: "write the value that this project uses")
        }
        // The templates' config files say the stage's name once more, in lower case.
        if name.lowercased() == Self.stageNameVariable.lowercased(), value.text == stageName.value {
            value.usesStageName = true
        }
        values[name] = value
        return value
    }

    private mutating func append(
        _ used: String, usedAt location: SourceLocation, to value: inout Value, path: inout [String], findings: Findings
    ) {
        guard let canonical = canonicalName(used) else {
            unknownCount += 1
            guard unknownCount <= Self.unknownLimit else {
                value.isTold = value.problem == nil || value.isTold
                value.problem = value.problem ?? .error("unknown-variable", "names an unknown variable", at: location)
                return
            }
            let problem = unknownName(used, at: location)
            value.problem = value.problem ?? problem
            // Names such as Build.BuildId are for pipelines; only what uses them here is wrong.
            if isIncomplete {
                value.isTold = true
            } else if !used.contains(".") {
                value.isTold = true
                findings.append(problem)
            }
            value.text += "$(\(used))"
            return
        }
        if let start = path.firstIndex(of: canonical) {
            let cycle = (path[start...] + [canonical]).joined(separator: " → ")
            let problem = Diagnostic.error(
                "variable-cycle", "the variable \"\(canonical)\" is made of itself: \(cycle)", at: location)
            value.problem = problem
            value.isTold = true
            findings.append(problem)
            return
        }
        guard path.count < Self.deepestUse || values[canonical] != nil else {
            let problem = Diagnostic.error(
                "variable-too-deep", "more than \(Self.deepestUse) variables stand in one another here", at: location,
                hint: "write the value out")
            value.problem = problem
            value.isTold = true
            findings.append(problem)
            return
        }
        let inner = resolve(canonical, path: &path, findings: findings)
        value.text += inner.text
        value.usesStageName = value.usesStageName || inner.usesStageName
        if value.problem == nil, let problem = inner.problem {
            value.problem = problem
            value.isTold = inner.isTold
        }
    }
}
