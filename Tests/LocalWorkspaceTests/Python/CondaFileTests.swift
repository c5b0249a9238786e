import Testing

@testable import LocalWorkspace

@Suite("Conda file")
struct CondaFileTests {
    @Test("Dependencies become requirements, with what was renamed or left out told")
    func mapping() throws {
        let file = try CondaFile(
            yaml: """
                dependencies:
                  - python=3.7
                  - pip=21.2
                  - conda-forge::numpy=1.19
                  - pandas>=1.1,<1.2
                  - scikit-learn==0.24.1
                  - pytorch=1.10=py3.7_cuda
                  - openmpi=4.1
                  - r-base
                  - matplotlib
                  - pip:
                      - azureml-core==1.43.0
                      - --extra-index-url https://example.org/simple
                      - "mlflow-skinny[databricks]>=1.30 ; python_version < '4'"
                """)
        #expect(file.python == "=3.7")
        #expect(
            file.requirements == [
                "numpy==1.19.*", "pandas>=1.1,<1.2", "scikit-learn==0.24.1", "torch==1.10.*", "matplotlib",
                "azureml-core==1.43.0", "mlflow-skinny[databricks]>=1.30 ; python_version < '4'",
            ])
        #expect(file.options == ["--extra-index-url https://example.org/simple"])
        #expect(file.notes.count == 3)
    }

    @Test("Nonsense is an error in a sentence", arguments: ["a: [", "dependencies: 3"])
    func nonsense(yaml: String) {
        #expect(throws: (any Error).self) { try CondaFile(yaml: yaml) }
    }

    struct Request: Sendable {
        let text: String
        let allowed: [String]
        let refused: [String]
    }

    @Test(
        "A request for a Python allows what conda would",
        arguments: [
            Request(text: "=3.7", allowed: ["3.7.16"], refused: ["3.8.1", "3.70.0"]),
            Request(text: "3.11.4", allowed: ["3.11.4", "3.11.7"], refused: ["3.12.0"]),
            Request(text: ">=3.8,<3.11", allowed: ["3.8.0", "3.10.13"], refused: ["3.7.16", "3.11.0"]),
            Request(text: "==3.10.*", allowed: ["3.10.2"], refused: ["3.1.0"]),
            Request(text: ">3.9", allowed: ["3.10.0"], refused: ["3.9.18"]),
        ])
    func pythonRequests(request: Request) throws {
        let requirement = try #require(PythonRequirement(request.text))
        for version in request.allowed { #expect(requirement.allows(try #require(PythonVersion(version)))) }
        for version in request.refused { #expect(!requirement.allows(try #require(PythonVersion(version)))) }
    }

    @Test("On another Python the first SDK's packages give way, and are told")
    func retired() throws {
        var file = CondaFile()
        file.requirements = ["azureml-core==1.43.0", "azureml-mlflow==1.43.0", "pandas"]
        let plan = RequirementPlan(file, isExact: false, extra: ["Pandas", "uvicorn==0.34.0"])
        #expect(plan.requirements == ["mlflow-skinny", "pandas", "uvicorn==0.34.0"])
        #expect(plan.changes.count == 2)
        #expect(plan.constraints(["pandas": "2.2.3", "uvicorn": "1.0"]) == ["pandas==2.2.3"])
    }
}
