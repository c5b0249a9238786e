internal import Digest
internal import Workspace

/// The rules of a component for an input that is no data: its type, its bounds and its allowed values.
enum StepLiteral {
    /// - Throws: ``WorkspaceError`` saying what was expected and what came.
    static func check(_ value: JSONValue, _ declaration: JSONValue, step: String, input: String) throws {
        guard let type = declaration["type"]?.stringValue, !value.isNull else { return }
        let text = JobInputs.literal(value) ?? ""
        func refuse(_ expected: String) -> WorkspaceError {
            WorkspaceError(
                .invalid, "the input \(input) of the step \(step) must be \(expected), not '\(text.prefix(80))'")
        }
        if case .object(let members) = value, members["path"] != nil || members["value"] == nil {
            if ["string", "integer", "number", "boolean"].contains(type) {
                throw WorkspaceError(.invalid, "the input \(input) of the step \(step) is a \(type) and takes no data")
            }
            return
        }
        switch type {
        case "integer": guard Int(text) != nil else { throw refuse("a whole number") }
        case "number": guard Double(text) != nil else { throw refuse("a number") }
        case "boolean":
            guard ["true", "false"].contains(text.lowercased()) else { throw refuse("true or false") }
        default: break
        }
        if let number = Double(text), type == "integer" || type == "number" {
            if let low = declaration["min"]?.doubleValue, number < low { throw refuse("at least \(plain(low))") }
            if let high = declaration["max"]?.doubleValue, number > high { throw refuse("at most \(plain(high))") }
        }
        if case .array(let allowed)? = declaration["enum"], !allowed.isEmpty {
            let words = allowed.compactMap(JobInputs.literal)
            guard words.contains(text) else { throw refuse("one of \(words.joined(separator: ", "))") }
        }
    }

    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}
