/// What a field may hold, and how it is brought into the one form that digests are taken over.
package indirect enum FieldType: Sendable {
    /// Text; numbers, booleans and dates are refused, as the SDK refuses them.
    case string(NameRule? = nil)
    /// Text, or a number that is turned into text.
    case version
    /// A whole number; text that spells one is taken too. The range is our rule, not the loader's.
    case integer(ClosedRange<Int64>? = nil)
    /// A number.
    case number(ClosedRange<Double>? = nil)
    /// A boolean, in any of the words that the SDK takes for one.
    case boolean
    /// One word of a few.
    case choice([String], ChoiceFolding = .lowercase)
    /// Anything.
    case any
    /// Anything but nothing.
    case something
    /// Text that is a date with a time, as ISO 8601 writes it.
    case dateTime
    /// Text that is a whole URL.
    case url
    /// Text that is the ARM id of a resource, of this provider and type if one is named.
    case armID(of: String? = nil)
    /// A mapping of text to values of a type.
    case map(FieldType, keysMustBeText: Bool = true)
    /// A mapping whose values all become text.
    case textMap(isStrict: Bool = false, keysMustBeText: Bool = false)
    /// A list.
    case list(FieldType)
    /// A mapping with known keys.
    case object(ObjectSchema)
    /// `azureml:name:version`, `azureml:name@label` or an ARM id of an asset, and registry references.
    case asset(AssetKind, allowsNoVersion: Bool)
    /// `azureml:` and the name or id of something without versions.
    case resource(AssetKind?)
    /// A compute target: `azureml:name`, a bare name, or `local`.
    case compute
    /// A file or folder, or what may stand in its place.
    case path(PathRule)
    /// A job's input as a path: an asset, a URI, or a local path.
    case inputPath(AssetKind)
    /// What a value is on its own: a whole number, a number, text or a boolean.
    case literal
    /// The first of the types that fits; `expected` says in words what is wanted.
    case union([FieldType], expected: String)
    /// The type, or nothing.
    case optional(FieldType)
    /// A conda environment: the path of a file, or its content.
    case condaFile
    /// Text with an expression such as `${{parent.inputs.x}}` in it, or the type.
    case binding(FieldType)
    /// Text with an expression in it.
    case expression
    /// What a step binds an output to: `${{parent.outputs.NAME}}`.
    case outputBinding
    /// A whole number; text and fractions are refused.
    case wholeNumber
    /// Any number, also one that is none.
    case anyNumber
    /// A version of numbers and dots, such as `3.4`, as text or as a number.
    case numberVersion
    /// A job of the workspace, or the path of a job file, whose definition then stands in its place.
    case job
    /// A component: a registered one, a file, or written on the spot.
    case component(ComponentRule)
    /// The steps of a pipeline by their names.
    case steps
    /// What a schedule creates: a job's id, its file, or a mapping with `job` and what differs.
    case scheduledJob
    /// What an import schedule creates: an import's file, or the import itself.
    case scheduledImport
}

/// How the SDK brings a word into the form of the allowed ones.
package enum ChoiceFolding: Sendable {
    /// Case does not count.
    case lowercase
    /// ARM's spelling counts too: `AMLToken` is `aml_token`.
    case snakeCase
    /// Words begin with a capital and nothing else counts: `DISABLED` is `Disabled`.
    case pascalCase
    /// The word must be written as it is.
    case exact

    func fold(_ word: String) -> String {
        switch self {
        case .lowercase: word.lowercased()
        case .snakeCase: Self.eachOfMany(word, Self.snakeCased)
        case .pascalCase: Self.eachOfMany(word, Self.pascalCased)
        case .exact: word
        }
    }

    /// Several words with commas between them are brought into form one by one.
    private static func eachOfMany(_ words: String, _ fold: (String) -> String) -> String {
        guard words.contains(",") else { return fold(words) }
        return words.split(separator: ",", omittingEmptySubsequences: false)
            .map { fold($0.split(separator: " ").joined(separator: " ")) }.joined(separator: ",")
    }

    private static func pascalCased(_ word: String) -> String {
        word.split { $0 == "_" || $0.isWhitespace }
            .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined()
    }

    private static func snakeCased(_ word: String) -> String {
        let scalars = Array(word.unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            if index > 0, ("A"..."Z").contains(scalar) {
                let previous = scalars[index - 1]
                let isWordStart = index + 1 < scalars.count && ("a"..."z").contains(scalars[index + 1])
                if isWordStart || ("a"..."z").contains(previous) || ("0"..."9").contains(previous) { result += "_" }
            }
            result.unicodeScalars.append(scalar)
        }
        return result.lowercased()
    }
}

/// What a path may be, and what it is for.
package struct PathRule: Sendable {
    /// What may stand in place of a local path.
    package enum Alternative: Sendable {
        case url
        case git
        case registryCode
        case codeAsset
        /// Anything with a scheme; nothing but text is checked.
        case anyURI
    }

    package var role: PathField.Role
    package var alternatives: [Alternative]

    package init(_ role: PathField.Role, or alternatives: [Alternative] = []) {
        self.role = role
        self.alternatives = alternatives
    }
}
