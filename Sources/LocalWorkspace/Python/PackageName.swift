/// Names of distributions, as PEP 503 and PEP 508 write them.
enum PackageName {
    /// The one spelling of a name.
    static func normalized(_ name: some StringProtocol) -> String {
        var result = ""
        for character in name.lowercased() {
            if "-_.".contains(character) {
                if result.last != "-" { result.append("-") }
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// The name that a requirement begins with.
    static func name(of requirement: some StringProtocol) -> String {
        String(
            requirement.drop { $0 == " " }.prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".")
            })
    }
}
