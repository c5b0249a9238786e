import AssetSchema
import Diagnostics
import Digest
import Testing
import YAML

@Suite struct AssetReaderTests {
    private static let job = """
        $schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
        code: ../../data-science/src
        command: >-
          python main.py
          --input_data ${{inputs.input}} --rate ${{ inputs.rate }} [--seed ${{inputs.seed}}]
          --out ${{outputs.model}}
        inputs:
          input:
            type: uri_file
            path: azureml:qiita-diabates@latest
          rate: 0.1
        outputs:
          model:
        environment: azureml:qiita-skilling@latest
        compute: cpu-cluster
        experiment_name: train
        tags:
          Project: 'qiita'
        """

    @Test func `a command job gives its normal form, its paths and its references`() throws {
        let result = try readDocument(Self.job)
        #expect(result.diagnostics.isEmpty)
        let definition = try #require(result.definition)
        #expect(definition.kind == .commandJob)
        #expect(definition.name == "")
        #expect(
            definition.fields == [
                "code": "../../data-science/src",
                "command":
                    "python main.py --input_data ${{inputs.input}} --rate ${{ inputs.rate }} [--seed ${{inputs.seed}}] --out ${{outputs.model}}",
                "inputs": ["input": ["type": "uri_file", "path": "azureml:qiita-diabates@latest"], "rate": 0.1],
                "outputs": ["model": [:]],
                "environment": "azureml:qiita-skilling@latest", "compute": "azureml:cpu-cluster",
                "experiment_name": "train", "tags": ["Project": "qiita"],
            ])
        #expect(result.pathFields.map(\.field) == ["code"])
        #expect(result.pathFields.first?.location == SourceLocation(path: "a.yml", line: 2, column: 7))
        #expect(result.references.map(\.field) == ["inputs.input.path", "environment", "compute"])
        #expect(result.references.map(\.kind) == [.data, .environment, .compute])
        #expect(
            result.references.first?.reference == AssetReference(name: "qiita-diabates", selector: .label("latest")))
        #expect(result.location(of: "/inputs/input/path") == SourceLocation(path: "a.yml", line: 10, column: 11))
        #expect(result.positions["/tags/Project"] == SourceLocation(path: "a.yml", line: 18, column: 12))
    }

    @Test func `spelling, order and defaults do not change the normal form`() throws {
        let plain = try readDocument(
            "name: EP-one\nauth_mode: AMLToken\ntags: {a: x}\n", as: .onlineEndpoint)
        let wordy = try readDocument(
            "tags:\n  a: 'x'\nname: ep-one\npublic_network_access: Enabled\nauth_mode: aml_token\ntraffic: {}\n",
            as: .onlineEndpoint)
        #expect(plain.definition == wordy.definition)
        #expect(plain.definition?.name == "ep-one")
        let batch = "name: bdp\nendpoint_name: bep\ncompute: azureml:c\n"
        let short = try readDocument(batch, as: .batchDeployment)
        let long = try readDocument(
            batch
                + "mini_batch_size: 10\nretry_settings: {timeout: 30, max_retries: 3}\nresources: {instance_count: 1}\n"
                + "output_action: Append_Row\nerror_threshold: -1\nlogging_level: info\ntype: model\n",
            as: .batchDeployment)
        let nested = try readDocument(
            "$schema: https://x/latest/modelBatchDeployment.schema.json\n" + batch
                + "type: model\nsettings: {mini_batch_size: 10, instance_count: 1}\n")
        #expect(short.definition != nil)
        #expect(short.definition == long.definition)
        #expect(short.definition == nested.definition)
    }

    @Test func `what the service fills in compares equal to what was left out`() {
        let live: JSONValue = [
            "auth_mode": "key", "tags": ["a": "b"], "identity": ["type": "system_assigned"], "traffic": [:],
            "description": .null,
        ]
        #expect(
            AssetKind.onlineEndpoint.schema?.elidingDefaults(live) == [
                "tags": ["a": "b"], "identity": ["type": "system_assigned"],
            ])
    }

    @Test func `tags become the text that the SDK sends`() throws {
        let result = try readDocument(
            """
            name: e
            image: i
            tags:
              Scikit-learn : 0.24.1
              one: 1.10
              yes: no
              octal: 010
              date: 2022-01-01
              none:
            """, as: .environment)
        // `yes` is a boolean key, which the SDK refuses for assets.
        #expect(result.diagnostics.filter { $0.severity == .error }.map(\.pointer) == ["/tags/yes"])
        let model = try readDocument(
            "name: m\ntags: {Scikit-learn : 0.24.1, one: 1.10, off: no, octal: 010, date: 2022-01-01, none: }\n",
            as: .model)
        #expect(
            model.definition?.tags == [
                "Scikit-learn": "0.24.1", "one": "1.1", "off": "False", "octal": "8", "date": "2022-01-01", "none": "",
            ])
        #expect(model.diagnostics.allSatisfy { $0.severity == .warning })
        #expect(model.diagnostics.map(\.pointer) == ["/tags/one", "/tags/off", "/tags/octal"])
    }

    @Test func `all mistakes are told at once, each at its place`() throws {
        let text = """
            command: >-
              python main.py
              --input_data ${{inputs.inptu}}
              --out ${{outputs.m}} ${{input.x}}
            inputs:
                input:
                  type: uri_fil
                  path: azureml:diabetes
            environment: sklearn
            experimentName: x
            tags: {a: 1}
            name: 0001
            resources: {instance_count: 0}
            """
        let result = try readDocument(text, as: .commandJob)
        #expect(result.definition == nil)
        #expect(
            result.diagnostics.map {
                "\($0.location?.line ?? 0):\($0.location?.column ?? 0) \($0.pointer ?? "") \($0.message)"
            } == [
                #"3:16 /command the command uses ${{inputs.inptu}}, but the job has no input "inptu""#,
                #"4:9 /command the command uses ${{outputs.m}}, but the job has no output "m""#,
                #"4:24 /command ${{input.x}} means nothing in a command"#,
                #"7:13 /inputs/input/type "uri_fil" is not allowed here; expected "uri_file", "uri_folder", "custom_model", "mlflow_model", "triton_model" or "mltable""#,
                #"8:13 /inputs/input/path "azureml:diabetes" names no version of a data asset"#,
                #"9:14 /environment "sklearn" refers to no environment"#,
                #"10:1 /experimentName unknown key "experimentName" in a command job"#,
                #"11:11 /tags/a expected text, but "1" is an integer in YAML"#,
                #"12:7 /name expected text, but "0001" is an integer in YAML"#,
                #"13:29 /resources/instance_count 0 is out of range: it must be 1 or more"#,
            ])
        #expect(
            result.diagnostics.first { $0.pointer == "/experimentName" }?.hint == #"did you mean "experiment_name"?"#)
        #expect(result.diagnostics.first { $0.pointer == "/inputs/input/type" }?.hint == #"did you mean "uri_file"?"#)
        #expect(result.diagnostics.first { $0.pointer == "/name" }?.hint == #"quote it: "0001""#)
    }

    struct OwnRule: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: AssetKind
        let text: String
        let code: FindingCode
        let pointer: String
        var severity = Diagnostic.Severity.error
    }

    static let ownRules = [
        OwnRule(
            testDescription: "a placeholder left in", kind: .data, text: "name: <sample-string>\npath: x",
            code: .placeholder,
            pointer: "/name"),
        OwnRule(
            testDescription: "an environment with neither image nor build", kind: .environment, text: "name: e",
            code: .missingPart, pointer: ""),
        OwnRule(
            testDescription: "an environment with both", kind: .environment,
            text: "name: e\nimage: i\nbuild: {path: .}",
            code: .conflictingKeys, pointer: "/image"),
        OwnRule(
            testDescription: "an endpoint name that is too short", kind: .onlineEndpoint, text: "name: ab",
            code: .nameRule,
            pointer: "/name"),
        OwnRule(
            testDescription: "an endpoint name that is too long", kind: .batchEndpoint,
            text: "name: \(String(repeating: "a", count: 33))", code: .nameRule, pointer: "/name"),
        OwnRule(
            testDescription: "a deployment name with an underscore", kind: .onlineDeployment,
            text: "name: b_l\nendpoint_name: abc\ninstance_type: S", code: .nameRule, pointer: "/name"),
        OwnRule(
            testDescription: "an asset name with a slash", kind: .environment, text: "name: a/b\nimage: i",
            code: .nameRule,
            pointer: "/name"),
        OwnRule(
            testDescription: "negative traffic", kind: .onlineEndpoint, text: "name: abc\ntraffic: {a: -1}",
            code: .outOfRange, pointer: "/traffic/a"),
        OwnRule(
            testDescription: "traffic that leaves requests to nobody", kind: .onlineEndpoint,
            text: "name: abc\ntraffic: {a: 40, b: 40}", code: .surprisingValue, pointer: "/traffic", severity: .warning),
        OwnRule(
            testDescription: "a mini-batch of nothing", kind: .batchDeployment,
            text: "name: bdp\nendpoint_name: bep\nmini_batch_size: 0", code: .outOfRange, pointer: "/mini_batch_size"),
        OwnRule(
            testDescription: "an unknown logging level", kind: .batchDeployment,
            text: "name: bdp\nendpoint_name: bep\nlogging_level: verbose", code: .outOfRange, pointer: "/logging_level"),
        OwnRule(
            testDescription: "a file name for summary_only", kind: .batchDeployment,
            text: "name: bdp\nendpoint_name: bep\noutput_action: summary_only\noutput_file_name: x.csv",
            code: .conflictingKeys, pointer: "/output_file_name"),
        OwnRule(
            testDescription: "code without a scoring script", kind: .onlineDeployment,
            text: "name: blue\nendpoint_name: abc\ninstance_type: S\ncode_configuration: {code: src}",
            code: .missingPart,
            pointer: "/code_configuration/scoring_script"),
        OwnRule(
            testDescription: "a model without a version", kind: .onlineDeployment,
            text: "name: blue\nendpoint_name: abc\ninstance_type: S\nmodel: azureml:m", code: .surprisingValue,
            pointer: "/model", severity: .warning),
        OwnRule(
            testDescription: "a version that YAML shortens", kind: .environment,
            text: "name: e\nimage: i\nversion: 1.10",
            code: .surprisingValue, pointer: "/version", severity: .warning),
        OwnRule(
            testDescription: "half an instance", kind: .onlineDeployment,
            text: "name: blue\nendpoint_name: abc\ninstance_type: S\ninstance_count: 1.5", code: .surprisingValue,
            pointer: "/instance_count", severity: .warning),
        OwnRule(
            testDescription: "a read-only key", kind: .model, text: "name: m\njob_name: j", code: .ignoredKey,
            pointer: "/job_name", severity: .warning),
    ]

    @Test(arguments: ownRules)
    func `what loads in the SDK and still can't be right is found by a rule of ours`(_ rule: OwnRule) throws {
        let result = try readDocument(rule.text, as: rule.kind)
        #expect(!result.isRefusedByLoader)
        let found = try #require(result.diagnostics.first { $0.code == rule.code.rawValue })
        #expect(found.severity == rule.severity)
        #expect(found.pointer ?? "" == rule.pointer)
        #expect(rule.code.isOwn)
    }

    @Test func `local paths are told apart from URIs, and carry their role`() throws {
        func path(_ text: String, as kind: AssetKind) throws -> [String] {
            try readDocument(text, as: kind).pathFields.map { "\($0.field) \($0.role.rawValue) \($0.path)" }
        }
        #expect(
            try path("name: e\nimage: i\nconda_file: ../c.yml", as: .environment) == ["conda_file condaFile ../c.yml"])
        #expect(try path("name: e\nimage: i\nconda_file: {dependencies: [a]}", as: .environment) == [])
        #expect(try path("name: e\nbuild: {path: ./docker}", as: .environment) == ["build.path buildContext ./docker"])
        #expect(try path("name: d\npath: ../data/x.csv", as: .data) == ["path data ../data/x.csv"])
        #expect(try path("name: d\npath: file:x.csv", as: .data) == ["path data x.csv"])
        #expect(try path("name: d\npath: azureml://datastores/a/paths/x", as: .data) == [])
        #expect(try path("name: d\npath: https://x/y.csv", as: .data) == [])
        #expect(try path("name: m\npath: azureml://jobs/j/outputs/artifacts/paths/model/", as: .model) == [])
        #expect(try path("name: m\npath: runs:/abc/model", as: .model) == [])
        let job = "command: c\nenvironment: {image: i, conda_file: c.yml}\n"
        #expect(
            try path(job + "code: .\ninputs: {a: {path: ./d}, b: {type: mlflow_model, path: m}}", as: .commandJob)
                == [
                    "environment.conda_file condaFile c.yml", "code code .", "inputs.a.path data ./d",
                    "inputs.b.path model m",
                ])
        #expect(try path(job + "code: git+https://x/y", as: .commandJob) == ["environment.conda_file condaFile c.yml"])
    }

    @Test("takes the templates' sentinel for a name that a config file gives")
    func sentinel() throws {
        let name = "name: \"override config-mlops.yml\"\n"
        let model = try readDocument("type: mlflow_model\n" + name)
        #expect(model.kind == .model)
        #expect(model.diagnostics.isEmpty)
        // The SDK's loader checks names of endpoints itself, and stops at this one.
        let endpoint = try readDocument("auth_mode: key\n" + name)
        #expect(
            endpoint.diagnostics.map(\.hint) == [
                "read alone, as here, `az ml` refuses it; the plan puts the config file's variable there"
            ])
    }
}
