import Digest
import YAML

extension ReadState {
    /// The steps of a pipeline.
    mutating func steps(_ node: Node) -> JSONValue? {
        guard let mapping = node.mapping else {
            error(
                .wrongType, "expected steps (a mapping of names to steps), not \(node.kindDescription)", at: node.mark)
            return nil
        }
        var result: [String: JSONValue] = [:]
        for entry in mapping {
            checkStepName(entry)
            if entry.value.isNull {
                error(
                    .emptyValue, "the step \(Self.quoted(entry.name)) says nothing", at: entry.value.mark,
                    key: entry.name)
                continue
            }
            result[entry.name] = inside(entry.name) { $0.step(entry.value) }
        }
        return .object(result)
    }

    private mutating func checkStepName(_ entry: Mapping.Entry) {
        let scalars = Array(entry.name.unicodeScalars)
        func isLetter(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) || scalar == "_" }
        let isText: Bool = if case .string = entry.key.resolved(.core11) { true } else { false }
        guard isText, let first = scalars.first, isLetter(first),
            scalars.allSatisfy({ isLetter($0) || ("0"..."9").contains($0) })
        else {
            error(
                .invalidName, "\(Self.quoted(entry.name)) can't be the name of a step", at: entry.keyMark,
                key: entry.name, hint: "lower case letters, digits and \"_\", not starting with a digit")
            return
        }
    }

    /// One step, as the first form that fits, or with the mistakes of the form that it is most likely meant to be.
    private mutating func step(_ node: Node) -> JSONValue? {
        if let path = Self.includedPath(node) {
            return include(path, at: node) { $0.step(in: $1) }
        }
        return step(in: node, isInline: true)
    }

    private mutating func step(in node: Node, isInline: Bool = false) -> JSONValue? {
        guard let mapping = node.mapping else {
            error(
                .wrongType, "expected a step (a mapping), not \(node.kindDescription)", at: node.mark,
                hint: "a step has a type, and a component or a command")
            return nil
        }
        var forms = StepForm.all
        if let written = mapping["type"] {
            guard case .string(let text)? = written.scalar?.resolved(.core11) else {
                error(
                    .invalidValue,
                    "expected \(Self.list(StepForm.types)), not \(written.text ?? written.kindDescription)",
                    at: written.mark, key: "type")
                return nil
            }
            forms = StepForm.forms(of: text.lowercased())
            guard !forms.isEmpty else {
                let isPreview = ["if_else", "do_while", "parallel_for"].contains(text)
                error(
                    .invalidValue,
                    "a step can't be of type \(Self.quoted(text)); expected \(Self.list(StepForm.types))",
                    at: written.mark, key: "type",
                    hint: isPreview
                        ? "`az ml` reads control flow only with its private preview features"
                        : EditDistanceHint.hint(for: text, among: StepForm.types))
                return nil
            }
        }
        // A component in a file can't be a step of the forms that are read in place only.
        if !isInline { forms.removeAll { !$0.schema.mayBeFile } }
        let preferred = preferredForm(forms, mapping)
        if forms.count > 1 {
            for form in forms where form.mayBe(mapping) {
                let (value, failure) = attempt { $0.object(node, as: form.schema) }
                if failure == nil { return typed(value, form, mapping) }
            }
        }
        return preferred.flatMap { form in typed(object(node, as: form.schema), form, mapping) }
    }

    /// The step with its type, also when that was left out.
    private func typed(_ value: JSONValue?, _ form: StepForm, _ mapping: Mapping) -> JSONValue? {
        guard case .object(var members)? = value else { return value }
        members["type"] = .string(form.type)
        return .object(members)
    }

    private func preferredForm(_ forms: [StepForm], _ mapping: Mapping) -> StepForm? {
        let hasComponent = mapping["component"] != nil || mapping["trial"] != nil
        if let task = mapping["task"]?.text {
            let folded = ChoiceFolding.snakeCase.fold(task)
            if let form = forms.first(where: { $0.task == folded && $0.isOfComponent == hasComponent }) { return form }
        }
        if mapping["type"] == nil {
            let type =
                if mapping["trial"] != nil { "sweep" } else if mapping["entry"] != nil {
                    "spark"
                } else if mapping["task"]
                    != nil
                { "parallel" } else { "command" }
            if let form = forms.first(where: { $0.type == type && $0.isOfComponent == hasComponent }) { return form }
        }
        return forms.first { $0.isOfComponent == hasComponent } ?? forms.first
    }
}

extension StepForm {
    /// Whether a mapping has the keys that make trying the form worth while.
    fileprivate func mayBe(_ mapping: Mapping) -> Bool {
        schema.requiredPlaces.allSatisfy { mapping[schema.fields[$0].name] != nil }
    }
}
