internal import Diagnostics

/// What names mean at one place of a pipeline.
struct PipelineScope {
    /// What stands for a value that only a run knows.
    static let unknown: Character = "\u{FFFC}"

    /// Parameters of a template, inputs of a workflow.
    var parameters: [String: String] = [:]
    /// Variables that the pipeline itself defines, by their lower-case names; config files' are left to the stages.
    var variables: [String: String] = [:]
    /// Variables of the process, as GitHub's `env:` sets them.
    var environment: [String: String] = [:]
    /// The jobs of a GitHub workflow, by id, with what each of them uses.
    var jobs: [String: String] = [:]
    /// Whether it is a workflow of GitHub, where `$(…)` in a script is the shell's.
    var isWorkflow = false
    /// The deployment environment that the place runs in.
    var deploymentEnvironment: String?
    /// The stages whose config files the pipeline reads, whatever happens.
    var configStages: Set<String> = []

    /// A text with everything replaced that the pipeline itself knows; `$(NAME)` stays for what the stages know.
    func text(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: "${{") {
            result += macros(String(rest[..<open.lowerBound]))
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                return result + String(Self.unknown)
            }
            let expression = PipelineExpression(scope: self).value(rest[open.upperBound..<close.lowerBound])
            result += expression ?? String(Self.unknown)
            rest = rest[close.upperBound...]
        }
        result += macros(String(rest))
        return result.contains("$[") ? result + String(Self.unknown) : result
    }

    /// A script's text: what the shell alone knows is unknown.
    func script(_ text: String) -> String {
        var text = text
        if isWorkflow {
            // Only our own substitutions below put variables of a pipeline into it.
            text = text.replacing("$(", with: "\(Self.unknown)(")
        }
        return self.text(text)
    }

    /// A word of a script with the process's variables replaced.
    func word(_ text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            var name = rest[rest.index(after: dollar)...]
            if name.first == "(" {
                let end = name.firstIndex(of: ")").map { name.index(after: $0) } ?? name.endIndex
                result += rest[dollar..<end]
                rest = rest[end...]
                continue
            }
            let isBraced = name.first == "{"
            if isBraced { name = name.dropFirst() }
            if name.hasPrefix("env:") { name = name.dropFirst(4) }
            let letters = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            result += environment[String(letters)] ?? String(Self.unknown)
            rest = name.dropFirst(letters.count)
            if isBraced, rest.first == "}" { rest = rest.dropFirst() }
        }
        return result + rest
    }

    private func macros(_ text: String, depth: Int = 0) -> String {
        guard Macro.mayOccur(in: text) else { return text }
        var result = ""
        for part in Macro.parts(of: text) {
            switch part {
            case .text(let text): result += text
            case .use(let name, _):
                if let value = variables[name.lowercased()], depth < 8 {
                    result += macros(value, depth: depth + 1)
                } else {
                    result += "$(\(name))"
                }
            }
            // No value of a pipeline is longer; what is, was made to grow.
            if result.utf8.count > 16 << 10 { return String(Self.unknown) }
        }
        return result
    }
}

/// A `${{ … }}` expression: names, texts and `format`, which is what the templates use.
struct PipelineExpression {
    let scope: PipelineScope

    /// The value, or nil where only a run knows it.
    func value(_ expression: Substring, depth: Int = 0) -> String? {
        let text = trimmed(expression)
        guard depth < 8 else { return nil }
        if let either = split(text, at: "||") {
            return value(either.0, depth: depth + 1).flatMap { $0.isEmpty ? nil : $0 }
                ?? value(either.1, depth: depth + 1)
        }
        if text.first == "'", text.last == "'", text.count >= 2, !text.dropFirst().dropLast().contains("'") {
            return String(text.dropFirst().dropLast())
        }
        if text.hasPrefix("format("), text.last == ")" { return format(text.dropFirst(7).dropLast(), depth: depth) }
        return named(text)
    }

    private func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace ?? false { text.removeFirst() }
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return text
    }

    private func split(_ text: Substring, at sign: String) -> (Substring, Substring)? {
        guard !text.contains("("), let range = text.firstRange(of: sign) else { return nil }
        return (text[..<range.lowerBound], text[range.upperBound...])
    }

    private func format(_ arguments: Substring, depth: Int) -> String? {
        var parts = arguments.split(separator: ",", omittingEmptySubsequences: false)[...]
        guard let pattern = parts.popFirst().flatMap({ value($0, depth: depth + 1) }) else { return nil }
        var result = pattern
        for (index, part) in parts.enumerated() {
            guard let value = value(part, depth: depth + 1) else { return nil }
            result = result.replacing("{\(index)}", with: value)
        }
        return result.utf8.count <= 16 << 10 ? result : nil
    }

    private func named(_ name: Substring) -> String? {
        let path = name.replacing("['", with: ".").replacing("']", with: "").split(separator: ".").map(String.init)
        guard let first = path.first, path.count > 1 else { return nil }
        let rest = path.dropFirst().joined(separator: ".")
        switch first {
        case "parameters", "inputs": return scope.parameters[rest.lowercased()]
        case "variables": return scope.text("$(\(rest))")
        case "env": return scope.environment[rest]
        case "github": return gitHub(rest)
        case "needs", "steps":
            guard path.count == 4, path[2] == "outputs" else { return nil }
            return output(path[3], of: path[1])
        default: return nil
        }
    }

    private func gitHub(_ name: String) -> String? {
        if name.hasPrefix("event.inputs.") { return scope.parameters[String(name.dropFirst(13)).lowercased()] }
        switch name {
        case "workspace": return ""
        case "ref_name": return "$(Build.SourceBranchName)"
        default: return nil
        }
    }

    /// What a job hands on: the workflows of the templates hand the config file's variables on, and two names they make.
    private func output(_ name: String, of job: String) -> String? {
        let isTemplate = scope.jobs[job]?.contains("/mlops-templates/") ?? false
        switch name {
        case "oep" where isTemplate: return "oep-$(namespace)-$(postfix)$(environment)"
        case "bep" where isTemplate: return "bep-$(namespace)-$(postfix)$(environment)"
        default: return "$(\(name))"
        }
    }
}
