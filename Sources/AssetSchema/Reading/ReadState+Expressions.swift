import Digest
import YAML

extension ReadState {
    /// Text with an expression in it, for the service to resolve.
    mutating func expression(_ node: Node) -> JSONValue? {
        guard let text = text(node, expecting: "an expression") else { return nil }
        guard Expression.isBinding(text) else {
            error(
                .wrongType, "expected an expression, not \(Self.quoted(text))", at: node.mark,
                hint: "write ${{parent.inputs.NAME}}")
            return nil
        }
        return .string(text)
    }

    /// What a step's output is bound to, as text or as the `path` of a mapping that says nothing else that counts.
    mutating func outputBinding(_ node: Node) -> JSONValue? {
        var bound = node
        if let mapping = node.mapping, let path = mapping["path"], mapping["mode"] == nil, mapping["name"] == nil,
            mapping["version"] == nil
        {
            bound = path
        }
        guard let text = bound.text, case .string? = bound.scalar?.resolved(.core11),
            Expression.isOutputBinding(text)
        else {
            error(
                .wrongType, "expected ${{parent.outputs.NAME}}, not \(Self.quoted(node.text ?? node.kindDescription))",
                at: node.mark)
            return nil
        }
        return .string(text)
    }

    /// A whole number that is written as one.
    mutating func wholeNumber(_ node: Node) -> JSONValue? {
        guard let resolved = resolve(node, expecting: "a whole number") else { return nil }
        switch resolved {
        case .int(let value): return .int(value)
        case .bigInteger(let digits): return .string(digits)
        default:
            error(.wrongType, "expected a whole number, not \(Self.quoted(node.text ?? ""))", at: node.mark)
            return nil
        }
    }

    /// Any number; what is not finite keeps its text.
    mutating func anyNumber(_ node: Node) -> JSONValue? {
        guard let resolved = resolve(node, expecting: "a number") else { return nil }
        switch resolved {
        case .int(let value): return .int(value)
        case .bigInteger(let digits): return .string(digits)
        case .double(let value): return value.isFinite ? .double(value) : .string(resolved.pythonText ?? "")
        default:
            error(.wrongType, "expected a number, not \(Self.quoted(node.text ?? ""))", at: node.mark)
            return nil
        }
    }

    /// A version of numbers and dots.
    mutating func numberVersion(_ node: Node) -> JSONValue? {
        guard let value = version(node), let text = value.stringValue else { return nil }
        let isFine = text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            PythonNumber.integer(String(part)) != nil
                || (!part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        }
        guard isFine else {
            error(
                .invalidValue, "\(Self.quoted(text)) is no version of numbers and dots", at: node.mark,
                hint: "write it like \"3.4\"")
            return nil
        }
        return value
    }

    /// An expression of a command must name an input, an output or a parameter; the service finds out only at run time.
    mutating func check(
        _ expression: Expression, in node: Node, key: String, owner: String, inputs: [String], outputs: [String],
        searchSpace: [String]? = nil
    ) {
        func report(_ code: FindingCode, _ message: String, hint: String?) {
            let mark = mark(of: expression.text, occurrence: expression.occurrence, in: node)
            error(code, message, at: mark, key: key, hint: hint)
        }
        if let input = expression.input {
            // `inputs.data.path` is the path of the input `data`.
            let isKnown = inputs.contains(input) || (expression.parts.count > 2 && inputs.contains(expression.parts[1]))
            guard !isKnown, !expression.isOptional else { return }
            report(
                .unknownInput, "the command uses \(expression.text), but \(owner) has no input \"\(input)\"",
                hint: EditDistanceHint.hint(for: input, among: inputs)
                    ?? "add it under \"inputs\", or write [--flag \(expression.text)] if it may be missing")
        } else if let output = expression.output {
            let isKnown =
                outputs.contains(output) || (expression.parts.count > 2 && outputs.contains(expression.parts[1]))
            guard !isKnown, output != "default" else { return }
            report(
                .unknownOutput, "the command uses \(expression.text), but \(owner) has no output \"\(output)\"",
                hint: EditDistanceHint.hint(for: output, among: outputs) ?? "add it under \"outputs\"")
        } else if let searchSpace, expression.parts.count >= 2, expression.parts[0] == "search_space" {
            let parameter = expression.parts[1...].joined(separator: ".")
            guard !searchSpace.contains(parameter) else { return }
            report(
                .unknownInput, "the command uses \(expression.text), but the search space has no \"\(parameter)\"",
                hint: EditDistanceHint.hint(for: parameter, among: searchSpace) ?? "add it under \"search_space\"")
        } else {
            let known = "known are ${{inputs.NAME}} and ${{outputs.NAME}}"
            report(
                .unknownExpression, "\(expression.text) means nothing in a command",
                hint: searchSpace == nil ? known : known + " and ${{search_space.NAME}}")
        }
    }
}
