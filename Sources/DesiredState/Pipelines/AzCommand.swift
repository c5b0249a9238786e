/// One `az ml …` command of a script, cut into its words.
struct AzCommand: Equatable {
    /// What it is about: `online-endpoint`, `job`.
    var noun: String
    /// What it does: `create`, `update`, `invoke`.
    var verb: String
    /// What follows each option, by the option's long name.
    var options: [String: [String]] = [:]
    /// The line of the script it begins in, from 0.
    var line: Int

    /// Short options as `az ml` has them; which one is meant hangs on the command in two cases only.
    private static let longNames: [String: String] = [
        "f": "file", "n": "name", "e": "endpoint-name", "endpoint": "endpoint-name", "t": "type", "c": "conda-file",
        "i": "image", "r": "request-file", "d": "deployment-name", "v": "version", "g": "resource-group",
        "w": "workspace-name", "deployment": "deployment-name",
    ]

    /// The commands of a script, in their order.
    static func commands(in script: String) -> [AzCommand] {
        var found: [AzCommand] = []
        for run in ShellWords.runs(of: script) {
            guard
                let start = run.indices.first(where: {
                    run[$0].text == "az" && $0 + 3 < run.count && run[$0 + 1].text == "ml"
                })
            else { continue }
            var command = AzCommand(noun: run[start + 2].text, verb: run[start + 3].text, line: run[start].line)
            var option: String?
            for word in run[(start + 4)...] {
                if let name = optionName(word.text) {
                    option = name.name
                    command.options[name.name, default: []] += name.value.map { [$0] } ?? []
                } else if let option {
                    command.options[option]?.append(word.text)
                }
            }
            found.append(command)
        }
        return found
    }

    private static func optionName(_ word: String) -> (name: String, value: String?)? {
        guard word.hasPrefix("-"), word.count > 1, let first = word.drop(while: { $0 == "-" }).first, first.isLetter
        else { return nil }
        let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1)
        let name = parts.first.map(String.init) ?? ""
        return (longNames[name] ?? name, parts.count > 1 ? String(parts[1]) : nil)
    }

    /// The one value of an option.
    subscript(option: String) -> String? { options[option]?.first }

    /// What `--set a.b=c` passes, by its path.
    var assignments: [(path: String, value: String)] {
        (options["set"] ?? []).compactMap { word in
            guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return nil }
            return (String(word[..<sign]), String(word[word.index(after: sign)...]))
        }
    }
}

/// A script as a shell sees it: words, grouped by the commands they stand in.
enum ShellWords {
    struct Word: Equatable {
        var text: String
        var line: Int
    }

    /// No step's script is longer; what is, was made to cost.
    private static let longestScript = 64 << 10

    /// The words between newlines, semicolons, pipes and parentheses; quotes are taken off, comments left out.
    ///
    /// `$(NAME)` is a variable of the pipeline and part of a word; any other `$(` begins a command.
    static func runs(of script: String) -> [[Word]] {
        guard script.utf8.count <= longestScript else { return [] }
        var reader = Reader(Array(script.unicodeScalars))
        return reader.read()
    }

    private struct Reader {
        let scalars: [Unicode.Scalar]
        var index = 0
        var line = 0
        var runs: [[Word]] = []
        var run: [Word] = []
        var word = ""
        var isInWord = false

        init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

        mutating func read() -> [[Word]] {
            while index < scalars.count {
                let scalar = scalars[index]
                switch scalar {
                case "\\" where isLineEnd(after: index), "`" where isLineEnd(after: index):
                    endWord()
                    skipLineEnd()
                case "\\":
                    index += 1
                    if index < scalars.count { append(scalars[index]) }
                case "\n":
                    endRun()
                    line += 1
                case " ", "\t", "\r": endWord()
                case ";", "|", "&", "(", ")", "<", ">", "`": endRun()
                case "#" where !isInWord: skipComment()
                case "'", "\"": quoted(by: scalar)
                case "$": dollar()
                default: append(scalar)
                }
                index += 1
            }
            endRun()
            return runs
        }

        private mutating func append(_ scalar: Unicode.Scalar) {
            word.unicodeScalars.append(scalar)
            isInWord = true
        }

        private mutating func endWord() {
            if isInWord { run.append(Word(text: word, line: line)) }
            word = ""
            isInWord = false
        }

        private mutating func endRun() {
            endWord()
            if !run.isEmpty { runs.append(run) }
            run = []
        }

        private func isLineEnd(after index: Int) -> Bool {
            var next = index + 1
            while next < scalars.count, scalars[next] == " " || scalars[next] == "\r" { next += 1 }
            return next < scalars.count && scalars[next] == "\n"
        }

        private mutating func skipLineEnd() {
            while index < scalars.count, scalars[index] != "\n" { index += 1 }
            line += 1
        }

        private mutating func skipComment() {
            while index + 1 < scalars.count, scalars[index + 1] != "\n" { index += 1 }
        }

        private mutating func quoted(by quote: Unicode.Scalar) {
            isInWord = true
            index += 1
            while index < scalars.count, scalars[index] != quote {
                if quote == "\"", scalars[index] == "\\", index + 1 < scalars.count { index += 1 }
                if scalars[index] == "\n" { line += 1 }
                append(scalars[index])
                index += 1
            }
        }

        private mutating func dollar() {
            guard index + 1 < scalars.count, scalars[index + 1] == "(" else { return append("$") }
            var close = index + 2
            while close < scalars.count, isNamePart(scalars[close]) { close += 1 }
            guard close > index + 2, close < scalars.count, scalars[close] == ")" else {
                index += 1
                return endRun()
            }
            for position in index...close { append(scalars[position]) }
            index = close
        }

        private func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-": true
            default: false
            }
        }
    }
}
