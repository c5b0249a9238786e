import CommandLine
import Foundation
import Synchronization
import Testing

@Suite("Terminal")
struct TerminalTests {
    @Test("colours a terminal only, unless NO_COLOR or FORCE_COLOR says otherwise")
    func colour() {
        func enabled(_ isTerminal: Bool, _ environment: [String: String]) -> Bool {
            Terminal(isTerminal: isTerminal, columns: nil, environment: environment).style.enabled
        }
        #expect(enabled(true, [:]))
        #expect(!enabled(false, [:]))
        #expect(!enabled(true, ["NO_COLOR": "1"]))
        #expect(enabled(true, ["NO_COLOR": ""]))
        #expect(!enabled(true, ["TERM": "dumb"]))
        #expect(enabled(false, ["FORCE_COLOR": "1"]))
        #expect(!enabled(false, ["FORCE_COLOR": "0"]))
        #expect(!enabled(true, ["NO_COLOR": "1", "FORCE_COLOR": "1"]))
    }

    @Test("knows its width from itself, then COLUMNS, then 80")
    func width() {
        #expect(Terminal(isTerminal: true, columns: 120, environment: ["COLUMNS": "60"]).width == 120)
        #expect(Terminal(isTerminal: false, columns: nil, environment: ["COLUMNS": "60"]).width == 60)
        #expect(Terminal(isTerminal: false, columns: nil, environment: ["COLUMNS": "-3"]).width == 80)
        #expect(Terminal(isTerminal: false, columns: nil, environment: [:]).width == 80)
    }

    @Test("style renders to nothing when off")
    func style() {
        #expect(Style(enabled: true).red("no") == "\u{1B}[31mno\u{1B}[0m")
        #expect(Style.plain.red("no") == "no")
        #expect(Style(enabled: true).bold("") == "")
    }

    @Test("a file is no terminal")
    func descriptor() throws {
        let pipe = Pipe()
        #expect(
            !Terminal(descriptor: pipe.fileHandleForWriting.fileDescriptor, environment: [:]).isInteractive)
    }

    @Test("progress rewrites one line on a terminal and prints plain lines elsewhere")
    func progress() {
        let output = Mutex("")
        func run(_ terminal: Terminal) -> String {
            output.withLock { $0 = "" }
            var line = ProgressLine(terminal: terminal) { text in output.withLock { $0 += text } }
            line.update("training 12s")
            line.update("training 12s")
            line.print("registered")
            line.update("a step whose name is much too long")
            line.clear()
            return output.withLock { $0 }
        }
        let erase = "\r\u{1B}[2K"
        #expect(
            run(Terminal(isTerminal: true, columns: 20, environment: [:]))
                == "\(erase)training 12s\(erase)registered\n\(erase)training 12s\(erase)a step whose name …\(erase)")
        #expect(
            run(Terminal(isTerminal: false, columns: nil, environment: [:]))
                == "training 12s\nregistered\na step whose name is much too long\n")
    }

    @Test("completion is a script its shell accepts and answers with")
    func completion() throws {
        let script = CompletionScript.render(sampleRoot, for: .bash)
        func complete(_ words: [String]) throws -> String {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            let call = """
                \(script)
                COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
                _reconcile_complete; printf '%s ' "${COMPREPLY[@]}"
                """
            process.arguments = ["--norc", "-c", call]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(try complete(["reconcile", "app"]) == "approve ")
        #expect(try complete(["reconcile", "approve", "--m"]) == "--message ")
        #expect(try complete(["reconcile", "--output", "j"]) == "json ")
        #expect(try complete(["reconcile", "workspace", "logs", "--f"]) == "--follow ")
        #expect(CompletionScript.render(sampleRoot, for: .zsh).hasPrefix("autoload -U +X bashcompinit"))
    }
}
