import Digest
import Testing

@testable import LocalWorkspace

@Suite("Sampler of sweeps")
struct SamplerTests {
    private static let objective: JSONValue = ["goal": "minimize", "primary_metric": "loss"]

    private func definition(_ sampling: JSONValue, _ space: JSONValue) throws -> SweepDefinition {
        try SweepDefinition(["sampling_algorithm": sampling, "search_space": space, "objective": Self.objective])
    }

    private func sampler(_ definition: SweepDefinition) async throws -> TrialSampler {
        let python = try await PythonEnvironments(SharedState.layout).prepare(TrialSampler.environment(definition))
        let resources = try EmbeddedPython.directory(in: "\(SharedState.layout.tools)/python")
        return TrialSampler(
            interpreter: python.python, script: "\(resources)/sweep_sampler.py", environment: HostEnvironment.minimal())
    }

    private static let everything: JSONValue = [
        "a": ["type": "choice", "values": [1, "two", 3.5, true]],
        "b": ["type": "uniform", "min_value": 0.1, "max_value": 0.2],
        "c": ["type": "quniform", "min_value": 10, "max_value": 50, "q": 5],
        "d": ["type": "loguniform", "min_value": -6, "max_value": -1],
        "e": ["type": "qloguniform", "min_value": 0, "max_value": 3, "q": 0.5],
        "f": ["type": "normal", "mu": 10, "sigma": 1], "g": ["type": "qnormal", "mu": 10, "sigma": 3, "q": 1],
        "h": ["type": "lognormal", "mu": 0, "sigma": 1], "i": ["type": "qlognormal", "mu": 1, "sigma": 1, "q": 0.1],
        "j": ["type": "randint", "upper": 4],
    ]

    @Test(
        "Random and Sobol draw from every distribution, and the same for the same seed", arguments: ["random", "sobol"])
    func random(rule: String) async throws {
        let definition = try definition(
            ["type": "random", "rule": .string(rule), "seed": 42], Self.everything)
        let sampler = try await sampler(definition)
        let all = try await sampler.next(definition, seed: 42, index: 0, count: 6, known: [])
        #expect(all.count == 6)
        // Whoever goes on from the fourth gets the same.
        #expect(try await sampler.next(definition, seed: 42, index: 3, count: 3, known: []) == Array(all[3...]))
        #expect(try await sampler.next(definition, seed: 43, index: 0, count: 6, known: []) != all)
        for trial in all {
            #expect(Set(trial.keys) == Set("abcdefghij".map(String.init)))
            #expect((0.1...0.2).contains(try #require(trial["b"]?.doubleValue)))
            let c = try #require(trial["c"]?.intValue)
            #expect((10...50).contains(c) && c % 5 == 0)
            let d = try #require(trial["d"]?.doubleValue)
            // From e^-6 to e^-1.
            #expect((0.0024...0.368).contains(d))
            #expect((0..<4).contains(try #require(trial["j"]?.intValue)))
        }
    }

    @Test("A grid has every combination once, and then no more")
    func grid() async throws {
        let definition = try definition(
            "grid", ["x": ["type": "choice", "values": [1, 2]], "y": ["type": "choice", "values": ["a", "b", "c"]]])
        let sampler = try await sampler(definition)
        let all = try await sampler.next(definition, seed: 1, index: 0, count: 10, known: [])
        #expect(all.count == 6)
        #expect(Set(all.map { JSONValue.object($0).canonicalText }).count == 6)
        #expect(try await sampler.next(definition, seed: 1, index: 6, count: 2, known: []).isEmpty)
    }

    @Test("Bayesian sampling learns from what it is told, and answers the same for the same")
    func bayesian() async throws {
        let definition = try definition(
            "bayesian",
            [
                "x": ["type": "uniform", "min_value": -5, "max_value": 5],
                "k": ["type": "choice", "values": ["good", "bad"]],
                "n": ["type": "quniform", "min_value": 0, "max_value": 100, "q": 10],
            ])
        let sampler = try await sampler(definition)
        // The nearer to x = 2 and the more "good", the better.
        let known = (0..<30).map { number in
            let x = Double(number) / 3 - 5
            let isGood = number % 2 == 0
            return TrialSampler.Known(
                parameters: ["x": .double(x), "k": isGood ? "good" : "bad", "n": .int(Int64(number % 11) * 10)],
                value: (x - 2) * (x - 2) + (isGood ? 0 : 30), isRunning: false)
        }
        let running = TrialSampler.Known(
            parameters: ["x": 2.0, "k": "good", "n": 50], value: nil, isRunning: true)
        let next = try await sampler.next(definition, seed: 7, index: 31, count: 8, known: known + [running])
        #expect(try await sampler.next(definition, seed: 7, index: 31, count: 8, known: known + [running]) == next)
        #expect(next.count { $0["k"] == "good" } >= 6)
        #expect(next.count { abs(($0["x"]?.doubleValue ?? 9) - 2) < 2.5 } >= 5)
        #expect(next.allSatisfy { ($0["n"]?.intValue ?? 1) % 10 == 0 })
    }

    @Test(
        "A search space that an algorithm does not take is refused before anything runs",
        arguments: [
            ("grid", ["x": ["type": "uniform", "min_value": 0, "max_value": 1]]),
            ("bayesian", ["x": ["type": "normal", "mu": 0, "sigma": 1]]), ("random", ["x": ["type": "poisson"]]),
            ("random", [:]), ("guess", ["x": ["type": "choice", "values": [1]]]),
        ] as [(String, JSONValue)])
    func refused(algorithm: String, space: JSONValue) {
        #expect(throws: (any Error).self) { try definition(.string(algorithm), space) }
    }
}
