/// Finds what somebody probably meant to write.
package enum EditDistance {
    /// Words longer than this are not compared; keys are short, hostile input is not.
    private static let longestWord = 64

    /// The candidate nearest to `word`, if one is near enough to be a slip; ties go to the first.
    ///
    /// Another case or another way to join words (`instanceCount`, `instance-count`) always counts as a slip.
    package static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
        let length = word.unicodeScalars.prefix(longestWord + 1).count
        guard length > 0, length <= longestWord else { return nil }
        let folded = fold(word)
        let letters = Array(word.lowercased().unicodeScalars)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where candidate != word {
            if !folded.isEmpty, fold(candidate) == folded { return candidate }
            let other = Array(candidate.lowercased().unicodeScalars)
            guard other.count <= longestWord else { continue }
            let allowed = max(1, min(letters.count, other.count) / 3)
            guard abs(letters.count - other.count) <= allowed else { continue }
            let distance = distance(letters, other)
            guard distance <= allowed, distance < min(letters.count, other.count) else { continue }
            if best.map({ distance < $0.distance }) ?? true {
                best = (candidate, distance)
            }
        }
        return best?.candidate
    }

    /// The hint to go with an unknown word: `did you mean "x"?`, or nil when nothing is near.
    package static func hint(for word: String, among candidates: some Sequence<String>) -> String? {
        suggestion(for: word, among: candidates).map { "did you mean \"\($0)\"?" }
    }

    /// The number of letters to add, drop, change or swap with a neighbour (optimal string alignment).
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard !left.isEmpty else { return right.count }
        guard !right.isEmpty else { return left.count }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    cost = min(cost, beforeLast[column - 2] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }

    private static func fold(_ word: String) -> String {
        String(
            String.UnicodeScalarView(word.lowercased().unicodeScalars.filter { $0 != "_" && $0 != "-" && $0 != " " }))
    }
}
