import AssetSchema
import Digest
import Testing
import TimeKeeping
import Workspace

@testable import AzureMLWire

@Suite("The API's words beside CLI v2's")
struct WireTests {
    let path = WorkspacePath(WorkspaceIdentity(subscriptionID: "s", resourceGroup: "g", name: "w"))

    @Test(
        "Durations are read and written as ISO 8601",
        arguments: [
            ("PT30S", 30_000), ("PT2M", 120_000), ("PT1H30M", 5_400_000), ("P1DT1S", 86_401_000), ("PT0.5S", 500),
        ])
    func durations(text: String, milliseconds: Int) {
        #expect(WireDuration.milliseconds(text) == milliseconds)
        #expect(WireDuration.milliseconds(WireDuration.text(milliseconds: milliseconds)) == milliseconds)
    }

    @Test("What is no duration is none", arguments: ["", "30", "PT", "PT5", "P1H", "PTxS", "PT99999999999S"])
    func noDurations(text: String) {
        #expect(WireDuration.milliseconds(text) == nil)
    }

    @Test(
        "References are read from every form that clients send",
        arguments: [
            ("azureml:diabetes:3", "azureml:diabetes:3"),
            (
                "/subscriptions/s/resourceGroups/g/providers/X/workspaces/w/data/diabetes/versions/3",
                "azureml:diabetes:3"
            ),
            ("azureml:/subscriptions/s/x/workspaces/w/models/m/versions/a:b", "azureml:m:a:b"),
            ("/subscriptions/s/x/workspaces/w/data/azureml:d/versions/1", "azureml:d:1"),
            ("azureml://datastores/x/paths/y", "azureml://datastores/x/paths/y"), ("an-image", "an-image"),
        ])
    func references(text: String, expected: String) {
        #expect(AssetName.reference(text) == expected)
    }

    @Test("A command job comes back as it was sent")
    func commandJob() throws {
        let sent: JSONValue = [
            "jobType": "Command", "command": "python x.py --d ${{inputs.d}}", "experimentName": "e",
            "codeId": .string(path.id("codes", "c", "versions", "1")),
            "environmentId": .string(path.id("environments", "env", "versions", "2")),
            "computeId": .string(path.id("computes", "cpu")), "environmentVariables": ["A": "b"],
            "inputs": [
                "d": [
                    "jobInputType": "uri_file", "uri": .string(path.id("data", "rows", "versions", "1")),
                    "mode": "ReadOnlyMount",
                ], "rate": ["jobInputType": "literal", "value": "0.5"],
            ],
            "outputs": ["m": ["jobOutputType": "uri_folder", "mode": "Upload"]],
            "limits": ["jobLimitsType": "Command", "timeout": "PT60S"],
            "resources": ["instanceCount": 2, "properties": [:]],
            "distribution": ["distributionType": "PyTorch", "processCountPerInstance": 2],
            "identity": ["identityType": "UserIdentity"],
        ]
        let fields = JobWire.fields(.commandJob, sent)
        #expect(fields["environment"] == "azureml:env:2")
        #expect(fields["inputs"]?["d"]?["path"] == "azureml:rows:1")
        #expect(fields["inputs"]?["d"]?["mode"] == "ro_mount")
        #expect(fields["inputs"]?["rate"] == "0.5")
        #expect(fields["limits"] == ["timeout": 60])
        #expect(fields["distribution"] == ["type": "pytorch", "process_count_per_instance": 2])
        let live = LiveJob(
            name: "j", status: .running, experimentName: "e", createdAt: Timestamp(seconds: 0))
        let back = JobWire.properties(
            JobDetails(live: live, fields: fields), in: path, isArchived: false, services: [:])
        for key in ["command", "codeId", "environmentId", "computeId", "environmentVariables", "limits", "identity"] {
            #expect(back[key] == sent[key], "\(key)")
        }
        #expect(back["inputs"] == sent["inputs"])
        #expect(back["distribution"] == sent["distribution"])
        #expect(back["status"] == "Running")
        #expect(
            back["outputs"]?["default"]?["uri"] == "azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.j")
    }

    @Test("A pipeline's nodes become steps")
    func pipeline() {
        let fields = JobWire.fields(
            .pipelineJob,
            [
                "jobType": "Pipeline",
                "jobs": [
                    "a": [
                        "type": "command", "componentId": .string(path.id("components", "c", "versions", "1")),
                        "inputs": ["x": ["job_input_type": "literal", "value": "${{parent.inputs.raw}}"]],
                        "outputs": ["o": ["value": "${{parent.outputs.p}}", "type": "literal"]], "_source": "DSL",
                    ]
                ],
            ])
        #expect(
            fields["jobs"]?["a"]
                == [
                    "type": "command", "component": "azureml:c:1", "inputs": ["x": "${{parent.inputs.raw}}"],
                    "outputs": ["o": "${{parent.outputs.p}}"],
                ])
    }

    @Test("An online deployment comes back as it was sent")
    func onlineDeployment() {
        let sent: JSONValue = [
            "sku": ["name": "Default", "capacity": 2],
            "properties": [
                "endpointComputeType": "Managed", "model": .string(path.id("models", "m", "versions", "3")),
                "instanceType": "Standard_DS3_v2", "environmentVariables": ["A": "b"],
                "requestSettings": [
                    "requestTimeout": "PT3S", "maxConcurrentRequestsPerInstance": 4, "maxQueueWait": "PT0.25S",
                ],
                "livenessProbe": [
                    "initialDelay": "PT5S", "period": "PT6S", "timeout": "PT7S", "successThreshold": 1,
                    "failureThreshold": 9,
                ],
            ],
        ]
        let fields = EndpointWire.deploymentFields(sent)
        #expect(fields["instance_count"] == 2)
        #expect(fields["request_settings"]?["max_queue_wait_ms"] == 250)
        #expect(fields["liveness_probe"]?["period"] == 6)
        let back = EndpointWire.deployment(
            LiveDeployment(name: "blue", fields: fields, createdAt: Timestamp(seconds: 0)), in: path)
        for key in ["model", "instanceType", "environmentVariables", "requestSettings", "livenessProbe"] {
            #expect(back[key] == sent["properties"]?[key], "\(key)")
        }
    }

    @Test("A job's output is told as where its files are")
    func stored() {
        let root = "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores"
        #expect(
            path.stored("azureml://jobs/j/outputs/artifacts/paths/model/")
                == "\(root)/workspaceartifactstore/paths/ExperimentRun/dcid.j/model")
        #expect(path.stored("azureml://jobs/j/outputs/m") == "\(root)/workspaceblobstore/paths/azureml/j/m")
        #expect(path.stored("runs:/j/model") == "\(root)/workspaceartifactstore/paths/ExperimentRun/dcid.j/model")
        #expect(path.stored("https://x/y") == "https://x/y")
    }
}
