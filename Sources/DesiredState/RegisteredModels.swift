internal import AssetSchema
internal import Digest

/// The models that jobs of a project register themselves, as the templates' last step does with a name it is given.
///
/// Which models a program registers stands in no file. A deployment that asks for a model of a name that no file
/// defines, while a job is given that very name as an input, an output's name or a word of its command, means the job's.
struct RegisteredModels {
    private var jobs: [String: AssetKey] = [:]

    /// Takes what a job names into account; the first job of a name counts.
    mutating func add(_ definition: ResourceDefinition, key: AssetKey) {
        collect(definition.fields, key: key, depth: 0, isName: false)
    }

    /// The job that is given a name.
    func job(for name: String) -> AssetKey? { jobs[name] }

    private static let names: Set<String> = ["inputs", "outputs"]

    private mutating func collect(_ value: JSONValue, key: AssetKey, depth: Int, isName: Bool) {
        guard depth < 12 else { return }
        switch value {
        case .object(let members):
            for (name, member) in members {
                if name == "command", let command = member.stringValue {
                    for word in command.split(whereSeparator: { $0.isWhitespace || $0 == "=" }) { take(word, key) }
                } else {
                    collect(member, key: key, depth: depth + 1, isName: isName || Self.names.contains(name))
                }
            }
        case .array(let items): for item in items { collect(item, key: key, depth: depth + 1, isName: isName) }
        case .string(let text) where isName: take(Substring(text), key)
        default: break
        }
    }

    private mutating func take(_ word: Substring, _ key: AssetKey) {
        let name = String(word.filter { $0 != "\"" && $0 != "'" })
        guard !name.isEmpty, !name.contains("$"), !name.contains(":"), name.utf8.count <= 255 else { return }
        if let known = jobs[name], known <= key { return }
        jobs[name] = key
    }
}
