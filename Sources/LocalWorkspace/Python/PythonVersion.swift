/// A version of Python, compared number by number.
struct PythonVersion: Comparable, Hashable, CustomStringConvertible {
    let numbers: [Int]

    init?(_ text: some StringProtocol) {
        var numbers: [Int] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            if part == "*" { break }
            guard let number = Int(part.prefix(while: \.isNumber)), number < 10_000 else { return nil }
            numbers.append(number)
        }
        guard !numbers.isEmpty, numbers.count <= 4 else { return nil }
        self.numbers = numbers
    }

    var minor: PythonVersion { PythonVersion(numbers: Array(numbers.prefix(2))) }
    var description: String { numbers.map(String.init).joined(separator: ".") }

    private init(numbers: [Int]) { self.numbers = numbers }

    static func < (left: Self, right: Self) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    /// Whether this version begins with the other's numbers.
    func begins(with other: PythonVersion) -> Bool { numbers.starts(with: other.numbers) }
}

/// What a conda file or a stage asks of the interpreter: `=3.11`, `>=3.8,<3.12`, `3.11`.
struct PythonRequirement: Equatable {
    private let clauses: [(relation: String, version: PythonVersion)]

    /// - Returns: nil when the text cannot be understood.
    init?(_ text: String) {
        var clauses: [(String, PythonVersion)] = []
        for clause in text.split(separator: ",") {
            let relation = String(clause.prefix { "=<>!~".contains($0) })
            guard let version = PythonVersion(clause.dropFirst(relation.count)),
                ["", "=", "==", ">=", "<=", ">", "<", "!=", "~="].contains(relation)
            else { return nil }
            clauses.append((relation, version))
        }
        guard !clauses.isEmpty else { return nil }
        self.clauses = clauses
    }

    /// The minor version that an exact request names.
    var wanted: PythonVersion? {
        clauses.first { ["", "=", "==", "~="].contains($0.relation) }?.version
    }

    /// Whether an interpreter will do; of an exact request only the minor version counts.
    func allows(_ version: PythonVersion) -> Bool {
        clauses.allSatisfy { relation, wanted in
            switch relation {
            case ">=": version >= wanted
            case ">": version > wanted && !version.begins(with: wanted)
            case "<=": version <= wanted || version.begins(with: wanted)
            case "<": version < wanted
            case "!=": !version.begins(with: wanted)
            default: version.begins(with: wanted.minor)
            }
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.clauses.elementsEqual(right.clauses) { $0.relation == $1.relation && $0.version == $1.version }
    }
}
