/// Finds the known word somebody most likely meant.
package enum Spelling {
    /// Returns the closest name when it is near enough to be a slip of the fingers.
    package static func closest(to word: String, among names: [String]) -> String? {
        // Arguments have no length limit of their own; a distance over long texts would.
        guard word.count <= 64 else { return nil }
        var best: (name: String, distance: Int)?
        for name in names {
            let distance = editDistance(Array(word), Array(name))
            if distance < (best?.distance ?? Int.max) { best = (name, distance) }
        }
        guard let best, best.distance <= max(1, min(word.count, best.name.count) / 3) else {
            // A word typed only halfway is no slip, yet its end is plain when only one name has it.
            let completions = names.filter { word.count >= 2 && $0.hasPrefix(word) }
            return completions.count == 1 ? completions[0] : nil
        }
        return best.name
    }

    /// Edit distance in which two swapped neighbours count as one slip.
    private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
        var older: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1] + Array(repeating: 0, count: b.count)
            for j in b.indices {
                let change = a[i] == b[j] ? 0 : 1
                current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, previous[j] + change)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    current[j + 1] = min(current[j + 1], older[j - 1] + 1)
                }
            }
            older = previous
            previous = current
        }
        return previous[b.count]
    }
}
