import Digest
import Testing

@testable import LocalWorkspace

@Suite("Job command")
struct JobCommandTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let command: String
        let result: String
        var testDescription: String { command }
    }

    private let command = JobCommand(
        inputs: ["data": .path("/a b/it's"), "plain": .path("/x/y.csv"), "rate": .literal("0.1")],
        outputs: ["model": .path("/out")])

    @Test(
        "Expressions are put in as the place demands",
        arguments: [
            Case(
                command: "python m.py --d ${{inputs.plain}} -o ${{ outputs.model }}",
                result: "python m.py --d /x/y.csv -o /out"),
            Case(command: "cat ${{inputs.data}}", result: "cat '/a b/it'\\''s'"),
            Case(command: "cat \"${{inputs.data}}\"", result: "cat \"/a b/it's\""),
            Case(command: "cat '${{inputs.data}}'", result: "cat '/a b/it'\\''s'"),
            Case(command: "echo it\\'s ${{inputs.data}}", result: "echo it\\'s '/a b/it'\\''s'"),
            Case(command: "run --r ${{inputs.rate}} $HOME ${X}", result: "run --r 0.1 $HOME ${X}"),
            Case(command: "run [--r ${{inputs.rate}}] [--z ${{inputs.none}}] end", result: "run --r 0.1  end"),
            Case(command: "run $[[--r ${{inputs.rate}}]]$[[ --z ${{inputs.none}}]]", result: "run --r 0.1"),
            Case(command: "[ -f ${{inputs.plain}} ] && echo [a-z]", result: "[ -f /x/y.csv ] && echo [a-z]"),
        ])
    func resolve(example: Case) throws {
        #expect(try command.resolve(example.command) == example.result)
    }

    @Test("What has no value is an error", arguments: ["${{inputs.none}}", "${{parent.x}}", "${{inputs.data", "${{}}"])
    func unknown(text: String) {
        #expect(throws: (any Error).self) { try command.resolve(text) }
    }

    @Test("A definition that cannot run is refused before anything is kept")
    func validation() {
        #expect(throws: (any Error).self) { try JobInputs.validate(["command": ""]) }
        #expect(throws: (any Error).self) { try JobInputs.validate(["command": "x ${{inputs.a}}"]) }
        #expect(throws: (any Error).self) {
            try JobInputs.validate(["command": "x", "inputs": ["../a": 1]])
        }
        #expect(throws: Never.self) { try JobInputs.validate(["command": "x ${{inputs.a}}", "inputs": ["a": 1]]) }
    }
}
