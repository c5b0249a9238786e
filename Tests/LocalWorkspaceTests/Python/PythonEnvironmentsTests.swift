import Foundation
import Subprocess
import TestSupport
import Testing

@testable import LocalWorkspace

@Suite("Python environments, really built")
struct PythonEnvironmentsTests {
    @Test("The sample's conda file is installed as written, and found again at once")
    func exact() async throws {
        let environments = PythonEnvironments(SharedState.layout)
        let spec = EnvironmentSpec(image: "mcr.example/x", conda: SharedState.conda)
        let prepared = try await environments.prepare(spec)
        #expect(prepared.isExact)
        #expect(prepared.pythonVersion.hasPrefix("3.11."))
        #expect(prepared.contains("scikit_learn"))
        let output = try await Subprocess.run(
            [prepared.python, "-c", "import sklearn, mlflow; print(sklearn.__version__, mlflow.__version__)"])
        #expect(output.text == "1.5.2 2.22.5\n")
        #expect(environments.existing(spec) == prepared)
    }

    @Test("A build that was cut short is done again, and one that was lost comes back with the same versions")
    func interrupted() async throws {
        let environments = PythonEnvironments(SharedState.layout)
        let spec = EnvironmentSpec(conda: "dependencies: [python=3.11, {pip: [cloudpickle]}]")
        let first = try await environments.prepare(spec)
        #expect(first.packages == ["cloudpickle==3.1.2"])
        try FileManager.default.removeItem(atPath: "\(first.folder)/.reconcile-complete.json")
        try FileManager.default.removeItem(atPath: "\(first.folder)/bin")
        #expect(environments.existing(spec) == nil)
        #expect(try await environments.prepare(spec) == first)
        try FileManager.default.removeItem(atPath: first.folder)
        #expect(try await environments.prepare(spec) == first)
    }

    @Test("Reached by another name, the state directory's environments are the same and are left alone")
    func otherPath() async throws {
        let folder = try TemporaryDirectory()
        let layout = StateLayout(root: folder.file("other"))
        try FileManager.default.createDirectory(atPath: layout.root, withIntermediateDirectories: true)
        let spec = EnvironmentSpec(conda: "dependencies: [python=3.11]")
        let prepared = try await PythonEnvironments(SharedState.layout).prepare(spec)
        try FileManager.default.createSymbolicLink(
            atPath: layout.python, withDestinationPath: SharedState.layout.python)
        #expect(PythonEnvironments(layout).existing(spec) == prepared)
    }

    @Test("Two builders of one environment build it once")
    func concurrent() async throws {
        let folder = try TemporaryDirectory()
        let layout = StateLayout(root: folder.path)
        let spec = EnvironmentSpec(conda: "dependencies: [python=3.11]")
        async let first = PythonEnvironments(layout).prepare(spec)
        async let second = PythonEnvironments(layout).prepare(spec)
        #expect(try await first == second)
    }

    @Test("A Python that is not here gives way with a word about it, unless the stage is strict")
    func missingInterpreter() async throws {
        let environments = PythonEnvironments(SharedState.layout)
        let conda = "dependencies: [python=3.99, {pip: [cloudpickle==3.1.2]}]"
        let prepared = try await environments.prepare(EnvironmentSpec(conda: conda))
        #expect(!prepared.isExact)
        #expect(prepared.changes.first?.contains("3.99 is not on this machine") == true)
        let error = await #expect(throws: (any Error).self) {
            try await environments.prepare(EnvironmentSpec(conda: conda, isStrict: true))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("3.99"))
    }

    @Test("A requirement that does not exist is an error that names it")
    func impossible() async throws {
        let conda = "dependencies: [python=3.11, {pip: [cloudpickle==99.0]}]"
        let error = await #expect(throws: (any Error).self) {
            try await PythonEnvironments(SharedState.layout).prepare(EnvironmentSpec(conda: conda, isStrict: true))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("cloudpickle"))
    }
}
