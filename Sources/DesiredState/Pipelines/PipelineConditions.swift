/// The conditions `${{ if … }}:`, `${{ elseif … }}:` and `${{ else }}:` of one list or mapping, decided for a branch.
struct PipelineConditions {
    let branch: String
    /// Whether one of the present chain held; nil when that can't be told.
    private var isTaken: Bool? = false

    init(branch: String) { self.branch = branch }

    /// Whether what stands below a condition counts; nil where only a run can tell.
    mutating func holds(_ key: String) -> Bool? {
        var text = key[...]
        guard text.hasPrefix("${{"), text.hasSuffix("}}") else { return nil }
        text = Self.trimmed(text.dropFirst(3).dropLast(2))
        if text == "else" {
            defer { isTaken = false }
            return isTaken.map { !$0 }
        }
        let isElse = text.hasPrefix("elseif ")
        guard isElse || text.hasPrefix("if ") else { return nil }
        let value = decide(Self.trimmed(text.dropFirst(isElse ? 7 : 3)), depth: 0)
        guard isElse else {
            isTaken = value
            return value
        }
        guard let taken = isTaken else { return nil }
        if taken { return false }
        isTaken = value
        return value
    }

    private func decide(_ text: Substring, depth: Int) -> Bool? {
        guard depth < 8, let open = text.firstIndex(of: "("), text.last == ")" else {
            return text == "true" ? true : text == "false" ? false : nil
        }
        let arguments = Self.arguments(text[text.index(after: open)...].dropLast())
        switch Self.trimmed(text[..<open]) {
        case "eq", "ne":
            guard arguments.count == 2, let left = value(arguments[0]), let right = value(arguments[1]) else {
                return nil
            }
            let isEqual = left.lowercased() == right.lowercased()
            return Self.trimmed(text[..<open]) == "eq" ? isEqual : !isEqual
        case "not": return arguments.count == 1 ? decide(arguments[0], depth: depth + 1).map { !$0 } : nil
        case "and":
            let values = arguments.map { decide($0, depth: depth + 1) }
            return values.contains(false) ? false : values.contains(nil) ? nil : true
        case "or":
            let values = arguments.map { decide($0, depth: depth + 1) }
            return values.contains(true) ? true : values.contains(nil) ? nil : false
        default: return nil
        }
    }

    private func value(_ text: Substring) -> String? {
        if text.first == "'", text.last == "'", text.count >= 2 { return String(text.dropFirst().dropLast()) }
        let name = text.replacing("variables['", with: "").replacing("variables.", with: "").replacing("']", with: "")
        switch name {
        case "Build.SourceBranchName": return branch.split(separator: "/").last.map(String.init)
        case "Build.SourceBranch": return "refs/heads/\(branch)"
        default: return nil
        }
    }

    /// The parts between the commas that stand in no inner parentheses.
    private static func arguments(_ text: Substring) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case "(": depth += 1
            case ")": depth -= 1
            case "," where depth == 0:
                parts.append(trimmed(text[start..<index]))
                start = text.index(after: index)
            default: break
            }
        }
        return parts + [trimmed(text[start...])]
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace ?? false { text.removeFirst() }
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return text
    }
}
