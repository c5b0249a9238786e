import AssetSchema
import Digest
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Pipelines that cannot be run")
struct PipelineGraphTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let fields: JSONValue
        let message: String
        var testDescription: String { name }
    }

    private static func steps(_ jobs: JSONValue) -> JSONValue {
        ["inputs": ["rate": 1], "outputs": ["model": [:]], "jobs": jobs]
    }

    private static let train: JSONValue = [
        "type": "command", "command": "x ${{inputs.rate}}", "inputs": ["rate": ["type": "integer", "max": 9]],
        "outputs": ["model": ["type": "uri_folder"]],
    ]

    @Test(
        "One sentence says what is wrong before anything runs",
        arguments: [
            Case(name: "no steps", fields: ["jobs": [:]], message: "the pipeline has no steps"),
            Case(
                name: "unknown step",
                fields: steps(["a": ["command": "x ${{inputs.i}}", "inputs": ["i": "${{parent.jobs.b.outputs.o}}"]]]),
                message: "the step a uses the step b, which there is not (there is: a)"),
            Case(
                name: "unknown output",
                fields: steps([
                    "a": ["component": train, "inputs": ["rate": "${{parent.jobs.b.outputs.mdoel}}"]],
                    "b": ["component": train, "inputs": ["rate": 1]],
                ]), message: "the step a uses the output mdoel of the step b, which there is not (there is: model)"),
            Case(
                name: "unknown input",
                fields: steps(["a": ["component": train, "inputs": ["rate": "${{parent.inputs.r}}"]]]),
                message: "the step a uses the pipeline's input r, which there is not (there is: rate)"),
            Case(
                name: "a circle",
                fields: steps([
                    "a": ["component": train, "inputs": ["rate": "${{parent.jobs.b.outputs.model}}"]],
                    "b": ["component": train, "inputs": ["rate": "${{parent.jobs.a.outputs.model}}"]],
                ]), message: "the steps a, b wait for each other's outputs"),
            Case(
                name: "no value", fields: steps(["a": ["component": train]]),
                message: "the step a gives no value to its input rate"),
            Case(
                name: "a value too many", fields: steps(["a": ["component": train, "inputs": ["rate": 1, "z": 1]]]),
                message: "the step a gives a value to z, but its component has no such input"),
            Case(
                name: "a wrong type", fields: steps(["a": ["component": train, "inputs": ["rate": "fast"]]]),
                message: "the input rate of the step a must be a whole number, not 'fast'"),
            Case(
                name: "out of bounds", fields: steps(["a": ["component": train, "inputs": ["rate": 10]]]),
                message: "the input rate of the step a must be at most 9, not '10'"),
            Case(
                name: "a command without value", fields: steps(["a": ["command": "x ${{inputs.i}}"]]),
                message: "the step a: the command uses inputs.i, which has no value and stands in no optional group"),
            Case(
                name: "an unregistered component", fields: steps(["a": ["component": "azureml:prep:3"]]),
                message: "the step a uses azureml:prep:3, but there is no such component"),
            Case(
                name: "Spark", fields: steps(["a": ["type": "spark"]]),
                message: "the step a is of type spark, which the embedded workspace does not run"),
            Case(
                name: "two sources",
                fields: steps([
                    "a": [
                        "component": train, "inputs": ["rate": 1], "outputs": ["model": "${{parent.outputs.model}}"],
                    ],
                    "b": [
                        "component": train, "inputs": ["rate": 1], "outputs": ["model": "${{parent.outputs.model}}"],
                    ],
                ]), message: "the steps a and b are both bound to the pipeline's output model"),
            Case(
                name: "a mistake within",
                fields: steps(["n": ["type": "pipeline", "component": ["jobs": ["a": ["component": train]]]]]),
                message: "in the step n, the step a gives no value to its input rate"),
        ])
    func refused(example: Case) async throws {
        let fixture = try WorkspaceFixture()
        let draft = JobDraft(name: "p", kind: .pipelineJob, fields: example.fields, tags: [:])
        let error = await #expect(throws: WorkspaceError.self) {
            try await fixture.workspace.perform(.submitJob(draft), content: FakeContent(files: [:]))
        }
        #expect(error?.message == example.message)
        #expect(try await fixture.workspace.liveState().jobs.isEmpty)
    }

    @Test("Expressions are found as a whole and inside texts")
    func expressions() {
        #expect(PipelineExpression("${{ parent.inputs.x }}") == .input("x"))
        #expect(PipelineExpression("${{parent.jobs.a.outputs.o}}") == .stepOutput(step: "a", name: "o"))
        #expect(PipelineExpression("${{parent.outputs.o}}") == .output("o"))
        #expect(PipelineExpression("a ${{parent.inputs.x}}") == nil)
        #expect(PipelineExpression("${{parent.inputs.x}}${{parent.inputs.y}}") == nil)
        #expect(PipelineExpression("${{inputs.x}}") == nil)
        #expect(
            PipelineExpression.all(in: "a${{parent.inputs.x}}b${{inputs.y}}${{parent.inputs.z}}") == [
                .input("x"), .input("z"),
            ])
        #expect(
            PipelineExpression.replacing(in: "<${{parent.inputs.x}}|${{inputs.y}}>") { _ in "1" } == "<1|${{inputs.y}}>"
        )
    }
}
