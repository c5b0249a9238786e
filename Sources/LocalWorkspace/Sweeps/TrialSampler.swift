internal import Digest
internal import Subprocess
internal import Workspace

/// Asks the sampler, a Python program, for the parameters of the next trials.
struct TrialSampler: Sendable {
    let interpreter: String
    let script: String
    let environment: [String: String]

    /// A trial as the sampler sees it.
    struct Known: Equatable {
        var parameters: [String: JSONValue]
        /// The primary metric, when the trial has ended with one.
        var value: Double?
        var isRunning: Bool
    }

    /// The packages that a way of sampling needs; random and grid need none.
    static func environment(_ definition: SweepDefinition) -> EnvironmentSpec {
        switch (definition.algorithm, definition.rule) {
        case ("bayesian", _):
            EnvironmentSpec(
                conda: "dependencies: [python>=3.10, {pip: [optuna==5.0.0, numpy==1.26.4, sqlalchemy==2.1.9]}]")
        case (_, "sobol"): EnvironmentSpec(conda: "dependencies: [python>=3.10, {pip: [scipy==1.14.1, numpy==1.26.4]}]")
        default: EnvironmentSpec(conda: "dependencies: []")
        }
    }

    static func prepare(_ definition: SweepDefinition, context: JobContext) async throws -> TrialSampler {
        let spec = environment(definition)
        let python = try await context.cancellable {
            try await PythonEnvironments(context.state).prepare(spec) { context.say("sampler: \($0)") }
        }
        let resources = try EmbeddedPython.directory(in: "\(context.state.tools)/python")
        var variables = HostEnvironment.minimal()
        variables["HOME"] = context.layout.home
        return TrialSampler(
            interpreter: python.python, script: "\(resources)/sweep_sampler.py", environment: variables)
    }

    /// The parameters of trials from a number on; fewer than asked for when there are no more.
    func next(
        _ definition: SweepDefinition, seed: Int64, index: Int, count: Int, known: [Known]
    ) async throws -> [[String: JSONValue]] {
        let trials = known.map { trial -> JSONValue in
            var value: JSONValue = ["parameters": .object(trial.parameters), "running": .bool(trial.isRunning)]
            value["value"] = trial.value.map { .double($0) }
            return value
        }
        let question: JSONValue = [
            "space": definition.space, "algorithm": .string(definition.algorithm), "rule": .string(definition.rule),
            "goal": definition.isMaximized ? "maximize" : "minimize", "seed": .int(seed), "index": .int(Int64(index)),
            "count": .int(Int64(count)), "trials": .array(definition.algorithm == "bayesian" ? trials : []),
        ]
        let output: Subprocess.Output
        do {
            output = try await Subprocess.run(
                [interpreter, "-I", script], environment: environment,
                standardInput: question.canonicalBytes + [UInt8(ascii: "\n")], timeout: .seconds(300))
        } catch {
            throw WorkspaceError(.broken, "the sweep's sampler cannot be run: \(error.message)")
        }
        guard output.status.isSuccess, let answer = try? JSONParser.parse(output.text.lastLine) else {
            throw WorkspaceError(.broken, "the sweep's sampler failed: \(output.errorText.lastLine.prefix(300))")
        }
        if let error = answer["error"]?.stringValue { throw WorkspaceError(.invalid, error) }
        return (answer["trials"]?.arrayValue ?? []).compactMap(\.objectValue)
    }
}
