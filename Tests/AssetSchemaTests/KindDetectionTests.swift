import AssetSchema
import Diagnostics
import Testing
import YAML

@Suite struct KindDetectionTests {
    private func kind(_ text: String) throws -> AssetKind? {
        AssetReader().kind(of: try #require(try YAMLReader().document(text)))
    }

    @Test(
        arguments: [
            ("environment", .environment), ("data", .data), ("model", .model), ("commandJob", .commandJob),
            ("pipelineJob", .pipelineJob), ("sweepJob", .sweepJob), ("autoMLJob", .autoMLJob),
            ("autoMLImageClassificationJob", .autoMLJob), ("parallelJob", .parallelJob), ("sparkJob", .sparkJob),
            ("commandComponent", .component), ("pipelineComponent", .component), ("parallelComponent", .component),
            ("sparkComponent", .component), ("managedOnlineEndpoint", .onlineEndpoint),
            ("kubernetesOnlineEndpoint", .onlineEndpoint), ("managedOnlineDeployment", .onlineDeployment),
            ("kubernetesOnlineDeployment", .onlineDeployment), ("batchEndpoint", .batchEndpoint),
            ("batchDeployment", .batchDeployment), ("modelBatchDeployment", .batchDeployment),
            ("pipelineComponentBatchDeployment", .batchDeployment), ("amlCompute", .compute),
            ("computeInstance", .compute),
            ("azureBlob", .datastore), ("azureDataLakeGen2", .datastore), ("schedule", .schedule),
            ("workspace", .workspace), ("MLTable", nil), ("somethingElse", nil),
        ] as [(String, AssetKind?)])
    func `the schema link decides, whatever its host and version`(name: String, expected: AssetKind?) throws {
        #expect(try kind("$schema: https://azuremlschemas.azureedge.net/latest/\(name).schema.json\n") == expected)
        #expect(try kind("$schema: http://azureml/sdk-2-0/\(name).json\n") == expected)
        #expect(
            try kind("$schema: https://azuremlschemas.azureedge.net/2023-04-01/\(name).schema.json\nname: x\n")
                == expected)
    }

    @Test func `of a job, type has the last word`() throws {
        let schema = "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n"
        #expect(try kind(schema + "type: pipeline\njobs: {}\n") == .pipelineJob)
        #expect(try kind(schema + "type: command\n") == .commandJob)
    }

    struct Shape: Sendable, CustomTestStringConvertible {
        let text: String
        let kind: AssetKind?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Shape(text: "type: uri_file\nname: d\npath: x", kind: .data),
        Shape(text: "type: mlflow_model\nname: m", kind: .model),
        Shape(text: "type: command\ncommand: ls\nenvironment: azureml:e:1", kind: .commandJob),
        Shape(text: "type: command\ncommand: ls\nenvironment: azureml:e:1\nversion: 1", kind: .component),
        Shape(text: "type: pipeline\njobs: {a: {}}", kind: .pipelineJob),
        Shape(text: "type: managed\nname: b\nendpoint_name: e\ninstance_type: S", kind: .onlineDeployment),
        Shape(text: "name: b\nendpoint_name: e\ninstance_type: S", kind: .onlineDeployment),
        Shape(text: "name: b\nendpoint_name: e\ncompute: azureml:c", kind: .batchDeployment),
        Shape(text: "name: e\nauth_mode: key", kind: .onlineEndpoint),
        Shape(text: "name: e\nimage: i\nconda_file: c.yml", kind: .environment),
        Shape(text: "name: conda\nchannels: [a]\ndependencies: [python=3.9]", kind: nil),
        Shape(text: "name: CI\non: push\njobs: {build: {runs-on: ubuntu}}", kind: nil),
        Shape(text: "trigger: [main]\npool: {vmImage: ubuntu}\nsteps: []", kind: nil),
        Shape(text: "services: {web: {image: nginx}}", kind: nil),
        Shape(text: "variables:\n  NAME: x", kind: nil),
        Shape(text: "name: x\nimage: y\nports: [80]", kind: nil),
        Shape(text: "- a\n- b", kind: nil),
        Shape(text: "just text", kind: nil),
        Shape(text: "type: string", kind: nil),
    ])
    func `without a schema, type and keys decide, and what is no asset stays none`(_ shape: Shape) throws {
        #expect(try kind(shape.text) == shape.kind)
    }
}
