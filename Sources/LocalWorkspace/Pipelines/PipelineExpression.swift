internal import Workspace

/// What a `${{parent.…}}` of a pipeline points at.
enum PipelineExpression: Equatable {
    /// `${{parent.inputs.<name>}}`.
    case input(String)
    /// `${{parent.outputs.<name>}}`.
    case output(String)
    /// `${{parent.jobs.<step>.outputs.<name>}}`.
    case stepOutput(step: String, name: String)

    /// What stands between `${{` and `}}`.
    ///
    /// - Returns: nil for what is not about the parent, such as `inputs.x` in a step's own command.
    init?(inside text: Substring) {
        let parts = String(text).trimmed.split(separator: ".").map(String.init)
        guard parts.first == "parent" else { return nil }
        switch (parts.count, parts.dropFirst().first) {
        case (3, "inputs"?): self = .input(parts[2])
        // Groups of inputs are written as `parent.inputs.group.name`.
        case (4..., "inputs"?): self = .input(parts[2...].joined(separator: "."))
        case (3, "outputs"?): self = .output(parts[2])
        case (5, "jobs"?) where parts[3] == "outputs": self = .stepOutput(step: parts[2], name: parts[4])
        default: return nil
        }
    }

    /// The expression that a text is as a whole.
    init?(_ text: String) {
        let text = text.trimmed
        guard text.hasPrefix("${{"), text.hasSuffix("}}"), text.firstRange(of: "}}")?.upperBound == text.endIndex
        else { return nil }
        self.init(inside: text.dropFirst(3).dropLast(2))
    }

    /// Every expression about the parent in a text.
    static func all(in text: String) -> [PipelineExpression] {
        var result: [PipelineExpression] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            if let expression = PipelineExpression(inside: rest[start.upperBound..<end.lowerBound]) {
                result.append(expression)
            }
            rest = rest[end.upperBound...]
        }
        return result
    }

    /// A text with every expression about the parent put in.
    static func replacing(in text: String, _ value: (PipelineExpression) throws -> String) rethrows -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            result += rest[..<start.lowerBound]
            if let expression = PipelineExpression(inside: rest[start.upperBound..<end.lowerBound]) {
                result += try value(expression)
            } else {
                result += rest[start.lowerBound..<end.upperBound]
            }
            rest = rest[end.upperBound...]
        }
        return result + rest
    }
}
