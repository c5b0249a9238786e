import AssetSchema
import Diagnostics
import Testing
import YAML

/// The Azure ML SDK's own verdict (azure-ai-ml 1.35.2, `load_*`) on documents written by hand.
@Suite struct LoaderVerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: AssetKind
        let text: String
        let isTaken: Bool
        var testDescription: String { name }

        init(_ name: String, _ kind: AssetKind, _ text: String, _ isTaken: Bool) {
            self.name = name
            self.kind = kind
            self.text = text
            self.isTaken = isTaken
        }
    }

    @Test(arguments: cases)
    func `a document is refused as the SDK's loader refuses it`(_ example: Case) throws {
        do {
            let root = try #require(try YAMLReader().document(example.text))
            let result = AssetReader().read(root, as: example.kind, path: "case.yml")
            let errors = result.diagnostics.filter { $0.severity == .error }.map(\.description)
            #expect(result.isRefusedByLoader == !example.isTaken, "\(errors)")
            // What the loader takes and we refuse must be by a rule of ours, never by accident.
            #expect((result.definition == nil) == !errors.isEmpty)
        } catch is YAMLError {
            // A repeated key loads in PyYAML, where the last one wins; here it is always an error.
            #expect(example.name == "dup keys")
        }
    }

    static let cases = [
        Case("job ok", .commandJob, "command: echo\nenvironment: azureml:e@latest\n", true),
        Case("job int tag", .commandJob, "command: echo\nenvironment: azureml:e@latest\ntags: {a: 1}\n", false),
        Case("job null tag", .commandJob, "command: echo\nenvironment: azureml:e@latest\ntags: {a: }\n", true),
        Case(
            "job unknown input", .commandJob,
            "command: echo ${{inputs.x}}\nenvironment: azureml:e@latest\ninputs: {y: 1}\n", true),
        Case(
            "job unknown input no inputs", .commandJob, "command: echo ${{inputs.x}}\nenvironment: azureml:e@latest\n",
            true),
        Case(
            "job code git", .commandJob, "command: echo\nenvironment: azureml:e@latest\ncode: git+https://x/y\n", true),
        Case(
            "job code http", .commandJob, "command: echo\nenvironment: azureml:e@latest\ncode: https://x.com/y\n", true),
        Case("job env plain name", .commandJob, "command: echo\nenvironment: sklearn\n", false),
        Case("job env no version", .commandJob, "command: echo\nenvironment: azureml:sklearn\n", true),
        Case(
            "job env registry", .commandJob,
            "command: echo\nenvironment: azureml://registries/azureml/environments/sklearn-1.4/versions/1\n", true),
        Case("job env slash", .commandJob, "command: echo\nenvironment: azureml:a/b:1\n", false),
        Case("job env inline", .commandJob, "command: echo\nenvironment: {image: x, conda_file: conda.yml}\n", true),
        Case(
            "job env inline named", .commandJob,
            "command: echo\nenvironment: {name: foo, image: x, conda_file: {dependencies: [a]}}\n", true),
        Case("job env inline empty", .commandJob, "command: echo\nenvironment: {}\n", true),
        Case(
            "job instance_count str", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nresources: {instance_count: '2'}\n", true),
        Case(
            "job instance_count float", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nresources: {instance_count: 2.7}\n", true),
        Case(
            "job instance_count bool", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nresources: {instance_count: true}\n", false),
        Case(
            "job instance_count text", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nresources: {instance_count: two}\n", false),
        Case(
            "job instance_count 0", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nresources: {instance_count: 0}\n", true),
        Case(
            "job limits", .commandJob, "command: echo\nenvironment: azureml:e@latest\nlimits: {timeout: 3600}\n", true),
        Case(
            "job input literal forms", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\ninputs: {a: 1, b: 1.5, c: x, d: true, e: {value: 1}, f: {path: azureml:d:1}, g: {type: URI_FILE, path: ./x}, h: {type: mltable, mode: eval_mount, path: y}, i: {}}\n",
            true),
        Case("job input null", .commandJob, "command: echo\nenvironment: azureml:e@latest\ninputs: {a: }\n", false),
        Case(
            "job input date", .commandJob, "command: echo\nenvironment: azureml:e@latest\ninputs: {a: 2022-01-01}\n",
            false),
        Case("job input list", .commandJob, "command: echo\nenvironment: azureml:e@latest\ninputs: {a: [1]}\n", false),
        Case(
            "job input bad type", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\ninputs: {a: {type: uri_fil, path: x}}\n", false),
        Case(
            "job input unknown key", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\ninputs: {a: {type: uri_file, pth: x}}\n", false),
        Case("job input nan", .commandJob, "command: echo\nenvironment: azureml:e@latest\ninputs: {a: .nan}\n", false),
        Case(
            "job input bad key", .commandJob, "command: echo\nenvironment: azureml:e@latest\ninputs: {'a b': 1}\n", true
        ),
        Case(
            "job input string type", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\ninputs: {a: {type: string, default: x}}\n", false),
        Case("job output null", .commandJob, "command: echo\nenvironment: azureml:e@latest\noutputs: {a: }\n", true),
        Case(
            "job output string", .commandJob, "command: echo\nenvironment: azureml:e@latest\noutputs: {a: azureml:x}\n",
            false),
        Case(
            "job output mode", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\noutputs: {a: {mode: ro_mount}}\n", false),
        Case(
            "job output named", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\noutputs: {a: {type: uri_folder, name: foo, version: 1}}\n",
            true),
        Case(
            "job output badname", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\noutputs: {a: {type: uri_folder, name: 'foo bar'}}\n", false),
        Case(
            "job output version only", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\noutputs: {a: {type: uri_folder, version: 1}}\n", false),
        Case("job name int", .commandJob, "command: echo\nenvironment: azureml:e@latest\nname: 123\n", false),
        Case("job name octal", .commandJob, "command: echo\nenvironment: azureml:e@latest\nname: 0001\n", false),
        Case("job unknown key", .commandJob, "command: echo\nenvironment: azureml:e@latest\nexperiment: x\n", false),
        Case("job $schema null", .commandJob, "command: echo\nenvironment: azureml:e@latest\n$schema:\n", false),
        Case("job status", .commandJob, "command: echo\nenvironment: azureml:e@latest\nstatus: x\n", true),
        Case("job id", .commandJob, "command: echo\nenvironment: azureml:e@latest\nid: x\n", true),
        Case(
            "job creation_context", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\ncreation_context: {a: b}\n", true),
        Case(
            "job compute plain", .commandJob, "command: echo\nenvironment: azureml:e@latest\ncompute: cpu-cluster\n",
            true),
        Case("job compute int", .commandJob, "command: echo\nenvironment: azureml:e@latest\ncompute: 1\n", false),
        Case("job type upper", .commandJob, "command: echo\nenvironment: azureml:e@latest\ntype: Command\n", false),
        Case("job type command", .commandJob, "command: echo\nenvironment: azureml:e@latest\ntype: command\n", true),
        Case(
            "job env vars", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nenvironment_variables: {A: 1, B: true, C: x, D: , E: [1]}\n",
            true),
        Case(
            "job dist pytorch", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\ndistribution: {type: pytorch, process_count_per_instance: 2}\n",
            true),
        Case(
            "job dist bad", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\ndistribution: {type: pytorchx}\n", false),
        Case(
            "job identity managed", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nidentity: {type: managed}\n", true),
        Case(
            "job identity bad", .commandJob, "command: echo\nenvironment: azureml:e@latest\nidentity: {type: foo}\n",
            false),
        Case(
            "job services", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nservices: {a: {type: ssh, ssh_public_keys: x}, b: {type: jupyter_lab}, c: {type: tensor_board, log_dir: x}, d: {type: vs_code, nodes: all}}\n",
            true),
        Case(
            "job services bad", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nservices: {a: {type: sshx}}\n", true),
        Case(
            "job queue", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nqueue_settings: {job_tier: Spot, priority: low}\n", true),
        Case(
            "job properties int", .commandJob, "command: echo\nenvironment: azureml:e@latest\nproperties: {a: 1}\n",
            false),
        Case("job command missing", .commandJob, "environment: azureml:e:1\n", false),
        Case("job command list", .commandJob, "command: [a]\nenvironment: azureml:e:1\n", false),
        Case("job desc int", .commandJob, "command: echo\nenvironment: azureml:e@latest\ndescription: 1\n", false),
        Case(
            "job shm", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nresources: {shm_size: 2g, docker_args: [a], locations: [x], max_instance_count: 3, instance_type: a, properties: {a: {b: c}}}\n",
            true),
        Case(
            "job parent_job_name", .commandJob, "command: echo\nenvironment: azureml:e@latest\nparent_job_name: x\n",
            true),
        Case("job parameters", .commandJob, "command: echo\nenvironment: azureml:e@latest\nparameters: {a: 1}\n", true),
        Case(
            "job resources instance_type int", .commandJob,
            "command: echo\nenvironment: azureml:e@latest\nresources: {instance_type: 1}\n", false),
        Case("dup keys", .commandJob, "command: echo\nenvironment: azureml:e@latest\ncommand: two\n", true),
        Case("bad date in tags raw", .environment, "name: a\nimage: x\ntags: {a: 2022-13-45}\n", false),
        Case("env ok", .environment, "name: e\nimage: x\n", true),
        Case("env none", .environment, "name: e\n", true),
        Case("env both", .environment, "name: e\nimage: x\nbuild: {path: ctx}\n", true),
        Case("env conda list", .environment, "name: e\nimage: x\nconda_file: [a]\n", false),
        Case("env conda int", .environment, "name: e\nimage: x\nconda_file: 3\n", false),
        Case("env conda empty", .environment, "name: e\nimage: x\nconda_file: ''\n", true),
        Case("env conda null", .environment, "name: e\nimage: x\nconda_file:\n", false),
        Case("env build http", .environment, "name: e\nbuild: {path: 'https://github.com/a/b.git'}\n", true),
        Case("env build no path", .environment, "name: e\nbuild: {dockerfile_path: D}\n", true),
        Case("env name missing", .environment, "image: x\n", false),
        Case("env os", .environment, "name: e\nimage: x\nos_type: Linux\n", true),
        Case("env os bad", .environment, "name: e\nimage: x\nos_type: mac\n", false),
        Case("env version int", .environment, "name: e\nimage: x\nversion: 1\n", true),
        Case("env version float", .environment, "name: e\nimage: x\nversion: 1.10\n", true),
        Case("env version bool", .environment, "name: e\nimage: x\nversion: true\n", true),
        Case("env version date", .environment, "name: e\nimage: x\nversion: 2022-01-01\n", false),
        Case("env version null", .environment, "name: e\nimage: x\nversion:\n", false),
        Case("env channels", .environment, "name: e\nimage: x\nchannels: [a]\n", false),
        Case(
            "env inference", .environment,
            "name: e\nimage: x\ninference_config: {liveness_route: {port: 80, path: /}, readiness_route: {port: 80, path: /}, scoring_route: {port: 80, path: /}}\n",
            true),
        Case(
            "env inference part", .environment,
            "name: e\nimage: x\ninference_config: {liveness_route: {port: 80, path: /}}\n", false),
        Case(
            "env tags raw", .environment,
            "name: e\nimage: x\ntags: {a: 1, b: true, c: 1.10, d: , e: [x], f: 2022-01-01}\n", true),
        Case("env tags intkey", .environment, "name: e\nimage: x\ntags: {1: x}\n", false),
        Case("env tags list", .environment, "name: e\nimage: x\ntags: [a]\n", false),
        Case("env properties", .environment, "name: e\nimage: x\nproperties: {a: b}\n", false),
        Case("env id", .environment, "name: e\nimage: x\nid: x\n", false),
        Case("env id2", .environment, "name: e\nimage: x\nid: azureml:x:1\n", true),
        Case("env name slash", .environment, "name: a/b\nimage: x\n", true),
        Case("env datastore", .environment, "name: e\nimage: x\ndatastore: x\n", true),
        Case("env latest_version", .environment, "name: e\nimage: x\nlatest_version: x\n", true),
        Case(
            "env auto_delete", .environment,
            "name: e\nimage: x\nauto_delete_setting: {condition: created_greater_than, value: 30d}\n", true),
        Case("data ok", .data, "name: d\npath: data.csv\ntype: uri_file\n", true),
        Case("data upper type", .data, "name: d\npath: data.csv\ntype: URI_FILE\n", false),
        Case("data no path", .data, "name: d\n", false),
        Case("data no name", .data, "path: x\n", true),
        Case("data missing file", .data, "name: d\npath: nope.csv\ntype: uri_file\n", true),
        Case("data properties", .data, "name: d\npath: data.csv\nproperties: {a: b}\n", true),
        Case("data version only", .data, "path: x\nversion: 1\n", false),
        Case("data id", .data, "name: d\npath: data.csv\nid: x\n", true),
        Case("model ok", .model, "name: m\npath: data.csv\n", true),
        Case("model type up", .model, "name: m\npath: data.csv\ntype: MLflow_Model\n", true),
        Case("model bad type", .model, "name: m\npath: data.csv\ntype: mlflow\n", false),
        Case("model missing path file", .model, "name: m\npath: nope\n", true),
        Case("model no path", .model, "name: m\n", true),
        Case(
            "model flavors", .model,
            "name: m\npath: data.csv\nflavors: {python_function: {loader_module: x}}\nproperties: {a: 1}\nstage: Production\nsystem_metadata: {a: b}\n",
            true),
        Case("model datastore", .model, "name: m\npath: data.csv\ndatastore: x\n", true),
        Case("model id", .model, "name: m\npath: data.csv\nid: x\n", true),
        Case("model id arm", .model, "name: m\npath: data.csv\nid: azureml:x:1\n", true),
        Case("model job_name", .model, "name: m\npath: data.csv\njob_name: x\n", true),
        Case("model tags int key", .model, "name: m\npath: data.csv\ntags: {1: 2}\n", true),
        Case(
            "model ddt", .model,
            "name: m\npath: data.csv\ndefault_deployment_template: {asset_id: x}\nallowed_deployment_templates: [{asset_id: y}]\n",
            true),
        Case("online_endpoint ok", .onlineEndpoint, "name: my-ep\n", true),
        Case("online_endpoint upper name", .onlineEndpoint, "name: My-EP\n", true),
        Case("online_endpoint short", .onlineEndpoint, "name: ab\n", true),
        Case("online_endpoint one", .onlineEndpoint, "name: a\n", true),
        Case("online_endpoint digit", .onlineEndpoint, "name: 1abc\n", false),
        Case("online_endpoint dash end", .onlineEndpoint, "name: abc-\n", false),
        Case("online_endpoint underscore", .onlineEndpoint, "name: a_bc\n", false),
        Case("online_endpoint long", .onlineEndpoint, "name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", true),
        Case("online_endpoint newline", .onlineEndpoint, "name: \"abc\\n\"\n", true),
        Case("online_endpoint auth key", .onlineEndpoint, "name: my-ep\nauth_mode: key\n", true),
        Case("online_endpoint auth Key", .onlineEndpoint, "name: my-ep\nauth_mode: Key\n", true),
        Case("online_endpoint auth KEY", .onlineEndpoint, "name: my-ep\nauth_mode: KEY\n", true),
        Case("online_endpoint auth aml_token", .onlineEndpoint, "name: my-ep\nauth_mode: aml_token\n", true),
        Case("online_endpoint auth AMLToken", .onlineEndpoint, "name: my-ep\nauth_mode: AMLToken\n", true),
        Case("online_endpoint auth amlToken", .onlineEndpoint, "name: my-ep\nauth_mode: amlToken\n", true),
        Case("online_endpoint auth aad_token", .onlineEndpoint, "name: my-ep\nauth_mode: aad_token\n", true),
        Case("online_endpoint auth AADToken", .onlineEndpoint, "name: my-ep\nauth_mode: AADToken\n", true),
        Case("online_endpoint auth aadToken", .onlineEndpoint, "name: my-ep\nauth_mode: aadToken\n", true),
        Case("online_endpoint auth AAD_TOKEN", .onlineEndpoint, "name: my-ep\nauth_mode: AAD_TOKEN\n", true),
        Case("online_endpoint auth token", .onlineEndpoint, "name: my-ep\nauth_mode: token\n", false),
        Case("online_endpoint unknown", .onlineEndpoint, "name: my-ep\ntrafic: {a: 1}\n", false),
        Case(
            "online_endpoint props", .onlineEndpoint,
            "name: my-ep\nproperties: {a: 1}\nid: x\nprovisioning_state: x\nscoring_uri: y\nopenapi_uri: z\nlocation: l\n",
            true),
        Case(
            "online_endpoint identity system_assigned", .onlineEndpoint,
            "name: my-ep\nidentity: {type: system_assigned}\n", true),
        Case(
            "online_endpoint identity SystemAssigned", .onlineEndpoint,
            "name: my-ep\nidentity: {type: SystemAssigned}\n", true),
        Case(
            "online_endpoint identity user_assigned", .onlineEndpoint, "name: my-ep\nidentity: {type: user_assigned}\n",
            true),
        Case("online_endpoint identity none", .onlineEndpoint, "name: my-ep\nidentity: {type: none}\n", true),
        Case("online_endpoint identity None", .onlineEndpoint, "name: my-ep\nidentity: {type: None}\n", true),
        Case(
            "online_endpoint identity systemassigned", .onlineEndpoint,
            "name: my-ep\nidentity: {type: systemassigned}\n", false),
        Case(
            "online_endpoint identity ua", .onlineEndpoint,
            "name: my-ep\nidentity: {type: user_assigned, user_assigned_identities: [{resource_id: x}]}\n", true),
        Case(
            "online_endpoint identity ua2", .onlineEndpoint,
            "name: my-ep\nidentity: {type: user_assigned, user_assigned_identities: [{resource_id: x},{resource_id: y}]}\n",
            false),
        Case("online_endpoint identity no type", .onlineEndpoint, "name: my-ep\nidentity: {}\n", false),
        Case("batch_endpoint ok", .batchEndpoint, "name: my-ep\n", true),
        Case("batch_endpoint upper name", .batchEndpoint, "name: My-EP\n", true),
        Case("batch_endpoint short", .batchEndpoint, "name: ab\n", true),
        Case("batch_endpoint one", .batchEndpoint, "name: a\n", true),
        Case("batch_endpoint digit", .batchEndpoint, "name: 1abc\n", false),
        Case("batch_endpoint dash end", .batchEndpoint, "name: abc-\n", false),
        Case("batch_endpoint underscore", .batchEndpoint, "name: a_bc\n", false),
        Case("batch_endpoint long", .batchEndpoint, "name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", true),
        Case("batch_endpoint newline", .batchEndpoint, "name: \"abc\\n\"\n", true),
        Case("batch_endpoint auth key", .batchEndpoint, "name: my-ep\nauth_mode: key\n", true),
        Case("batch_endpoint auth Key", .batchEndpoint, "name: my-ep\nauth_mode: Key\n", true),
        Case("batch_endpoint auth KEY", .batchEndpoint, "name: my-ep\nauth_mode: KEY\n", true),
        Case("batch_endpoint auth aml_token", .batchEndpoint, "name: my-ep\nauth_mode: aml_token\n", true),
        Case("batch_endpoint auth AMLToken", .batchEndpoint, "name: my-ep\nauth_mode: AMLToken\n", true),
        Case("batch_endpoint auth amlToken", .batchEndpoint, "name: my-ep\nauth_mode: amlToken\n", true),
        Case("batch_endpoint auth aad_token", .batchEndpoint, "name: my-ep\nauth_mode: aad_token\n", true),
        Case("batch_endpoint auth AADToken", .batchEndpoint, "name: my-ep\nauth_mode: AADToken\n", true),
        Case("batch_endpoint auth aadToken", .batchEndpoint, "name: my-ep\nauth_mode: aadToken\n", true),
        Case("batch_endpoint auth AAD_TOKEN", .batchEndpoint, "name: my-ep\nauth_mode: AAD_TOKEN\n", true),
        Case("batch_endpoint auth token", .batchEndpoint, "name: my-ep\nauth_mode: token\n", false),
        Case("batch_endpoint unknown", .batchEndpoint, "name: my-ep\ntrafic: {a: 1}\n", false),
        Case(
            "batch_endpoint props", .batchEndpoint,
            "name: my-ep\nproperties: {a: 1}\nid: x\nprovisioning_state: x\nscoring_uri: y\nopenapi_uri: z\nlocation: l\n",
            true),
        Case(
            "batch_endpoint identity system_assigned", .batchEndpoint,
            "name: my-ep\nidentity: {type: system_assigned}\n", false),
        Case(
            "batch_endpoint identity SystemAssigned", .batchEndpoint, "name: my-ep\nidentity: {type: SystemAssigned}\n",
            false),
        Case(
            "batch_endpoint identity user_assigned", .batchEndpoint, "name: my-ep\nidentity: {type: user_assigned}\n",
            false),
        Case("batch_endpoint identity none", .batchEndpoint, "name: my-ep\nidentity: {type: none}\n", false),
        Case("batch_endpoint identity None", .batchEndpoint, "name: my-ep\nidentity: {type: None}\n", false),
        Case(
            "batch_endpoint identity systemassigned", .batchEndpoint, "name: my-ep\nidentity: {type: systemassigned}\n",
            false),
        Case(
            "batch_endpoint identity ua", .batchEndpoint,
            "name: my-ep\nidentity: {type: user_assigned, user_assigned_identities: [{resource_id: x}]}\n", false),
        Case(
            "batch_endpoint identity ua2", .batchEndpoint,
            "name: my-ep\nidentity: {type: user_assigned, user_assigned_identities: [{resource_id: x},{resource_id: y}]}\n",
            false),
        Case("batch_endpoint identity no type", .batchEndpoint, "name: my-ep\nidentity: {}\n", false),
        Case("traffic", .onlineEndpoint, "name: my-ep\ntraffic: {a: 50, b: 50}\n", true),
        Case("traffic 110", .onlineEndpoint, "name: my-ep\ntraffic: {a: 60, b: 50}\n", false),
        Case("traffic neg", .onlineEndpoint, "name: my-ep\ntraffic: {a: 160, b: -60}\n", true),
        Case("traffic str", .onlineEndpoint, "name: my-ep\ntraffic: {a: '50'}\n", true),
        Case("traffic float", .onlineEndpoint, "name: my-ep\ntraffic: {a: 50.5}\n", true),
        Case("traffic pct", .onlineEndpoint, "name: my-ep\ntraffic: {a: 50%}\n", false),
        Case("traffic null", .onlineEndpoint, "name: my-ep\ntraffic: {a: }\n", false),
        Case("traffic list", .onlineEndpoint, "name: my-ep\ntraffic: [a]\n", false),
        Case("mirror", .onlineEndpoint, "name: my-ep\nmirror_traffic: {a: 80, b: 80}\n", true),
        Case("pna", .onlineEndpoint, "name: my-ep\npublic_network_access: Enabled\n", true),
        Case("pna bad", .onlineEndpoint, "name: my-ep\npublic_network_access: yes\n", false),
        Case("kind", .onlineEndpoint, "name: my-ep\nkind: x\n", true),
        Case("compute k8s", .onlineEndpoint, "name: my-ep\ncompute: azureml:k8s\n", true),
        Case("compute plain", .onlineEndpoint, "name: my-ep\ncompute: k8s\n", false),
        Case("defaults on online", .onlineEndpoint, "name: my-ep\ndefaults: {deployment_name: x}\n", false),
        Case("defaults", .batchEndpoint, "name: my-ep\ndefaults: {deployment_name: x}\n", true),
        Case("defaults bad", .batchEndpoint, "name: my-ep\ndefaults: {deployment: x}\n", false),
        Case("defaults str", .batchEndpoint, "name: my-ep\ndefaults: x\n", false),
        Case("traffic on batch", .batchEndpoint, "name: my-ep\ntraffic: {a: 1}\n", false),
        Case("od ok", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\n", true),
        Case("od no instance_type", .onlineDeployment, "name: blue\nendpoint_name: ep\n", false),
        Case("od no ep", .onlineDeployment, "name: blue\ninstance_type: S\n", false),
        Case("od name bad", .onlineDeployment, "name: b_\nendpoint_name: ep\ninstance_type: S\n", true),
        Case("od upper", .onlineDeployment, "name: BLUE\nendpoint_name: EP\ninstance_type: S\n", true),
        Case(
            "od model azureml:m:1", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:m:1\"\n", true),
        Case(
            "od model azureml:m@latest", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:m@latest\"\n", true),
        Case(
            "od model azureml:m", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:m\"\n", true),
        Case("od model m", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"m\"\n", false),
        Case(
            "od model ./x", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"./x\"\n",
            false),
        Case(
            "od model azureml://registries/r/models/m/versions/1", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml://registries/r/models/m/versions/1\"\n",
            true),
        Case(
            "od model azureml:azureml://registries/r/models/m/versions/1", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:azureml://registries/r/models/m/versions/1\"\n",
            true),
        Case(
            "od model azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m/versions/1",
            .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m/versions/1\"\n",
            true),
        Case(
            "od model azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m",
            .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m\"\n",
            false),
        Case(
            "od model {path: data.csv}", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: {path: data.csv}\n", true),
        Case(
            "od model {name: m, path: data.csv, type: custom_model}", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: {name: m, path: data.csv, type: custom_model}\n",
            true),
        Case(
            "od model {pth: x}", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: {pth: x}\n", false),
        Case(
            "od model azureml:", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:\"\n", true),
        Case(
            "od model azureml:a/b", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:a/b\"\n", false),
        Case(
            "od model azureml://jobs/j/outputs/artifacts/paths/model/", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml://jobs/j/outputs/artifacts/paths/model/\"\n",
            true),
        Case(
            "od model azureml:m:", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:m:\"\n", true),
        Case(
            "od model azureml:m@", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:m@\"\n", true),
        Case(
            "od model azureml:m:1:2", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:m:1:2\"\n", true),
        Case(
            "od model azureml:a@b@c", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: \"azureml:a@b@c\"\n", true),
        Case(
            "od env azureml:e:1", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment: azureml:e:1\n", true),
        Case("od env e", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment: e\n", false),
        Case(
            "od env {name: e, image: x}", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment: {name: e, image: x}\n", true),
        Case(
            "od env {image: x}", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment: {image: x}\n", true),
        Case(
            "od env {name: e, version: 3, image: x, conda_file: conda.yml}", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment: {name: e, version: 3, image: x, conda_file: conda.yml}\n",
            true),
        Case(
            "od env azureml:AzureML-sklearn@latest", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment: azureml:AzureML-sklearn@latest\n", true),
        Case(
            "od env {image: x, foo: y}", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment: {image: x, foo: y}\n", false),
        Case(
            "od code", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ncode_configuration: {code: src, scoring_script: score.py}\n",
            true),
        Case(
            "od code missing", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ncode_configuration: {code: nope, scoring_script: score.py}\n",
            true),
        Case(
            "od code no script", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ncode_configuration: {code: src}\n", true),
        Case(
            "od code bad", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ncode_configuration: {code: src, script: x}\n", false),
        Case(
            "od instance_count", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ninstance_count: '1'\n", true),
        Case(
            "od instance_count 0", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ninstance_count: 0\n", true),
        Case(
            "od type managed", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\ntype: managed\n",
            true),
        Case(
            "od type Managed", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\ntype: Managed\n",
            true),
        Case(
            "od type k8s", .onlineDeployment,
            "name: b\nendpoint_name: e\ntype: kubernetes\nresources: {requests: {cpu: '0.1', memory: 1Gi, nvidia.com/gpu: '1'}}\n",
            true),
        Case(
            "od type K8s", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\ntype: Kubernetes\n",
            true),
        Case("od type bad", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\ntype: foo\n", false),
        Case(
            "od scale default", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nscale_settings: {type: default}\n", true),
        Case(
            "od scale tu", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nscale_settings: {type: target_utilization, min_instances: 1, max_instances: 2, polling_interval: 10, target_utilization_percentage: 70}\n",
            true),
        Case(
            "od scale bad", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nscale_settings: {type: foo}\n", false),
        Case(
            "od scale notype", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nscale_settings: {}\n", false),
        Case(
            "od request", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nrequest_settings: {request_timeout_ms: 3000, max_concurrent_requests_per_instance: 2, max_queue_wait_ms: 10}\n",
            true),
        Case(
            "od request bad", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nrequest_settings: {timeout: 3}\n", false),
        Case(
            "od probes", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nliveness_probe: {period: 1, initial_delay: 2, timeout: 3, success_threshold: 1, failure_threshold: 30}\nreadiness_probe: {}\n",
            true),
        Case(
            "od app insights", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\napp_insights_enabled: yes\n", true),
        Case(
            "od app insights str", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\napp_insights_enabled: 'maybe'\n", false),
        Case(
            "od app insights y", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\napp_insights_enabled: y\n", true),
        Case(
            "od app insights 1", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\napp_insights_enabled: 1\n", true),
        Case(
            "od egress", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\negress_public_network_access: Disabled\nprivate_network_connection: true\nmodel_mount_path: /x\n",
            true),
        Case(
            "od env vars", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment_variables: {A: 1, B: true, C: }\n", true),
        Case(
            "od env vars list", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nenvironment_variables: [A]\n", false),
        Case(
            "od dc", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ndata_collector: {collections: {model_inputs: {enabled: 'True'}}, rolling_rate: Hour, sampling_rate: 0.5, request_logging: {capture_headers: [a]}}\n",
            true),
        Case(
            "od dc bool", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ndata_collector: {collections: {model_inputs: {enabled: true}}}\n",
            false),
        Case(
            "od dc rate", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ndata_collector: {sampling_rate: 2}\n", false),
        Case(
            "od dc data", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ndata_collector: {collections: {m: {enabled: 'true', data: {name: x, path: y, version: '1'}, client_id: c}}}\n",
            true),
        Case(
            "od props", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nproperties: {a: 1}\nid: x\nprovisioning_state: y\n", true),
        Case(
            "od tags", .onlineDeployment, "name: blue\nendpoint_name: ep\ninstance_type: S\ntags: {a: 1, b: true}\n",
            true),
        Case(
            "od resources", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nresources: {requests: {cpu: '1'}}\n", false),
        Case(
            "od creation", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\ncreation_context: {a: b}\n", true),
        Case("batch_deployment ok", .batchDeployment, "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\n", true),
        Case(
            "batch_deployment walkthrough", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\nresources: {instance_count: 1}\nmax_concurrency_per_instance: 2\nmini_batch_size: 10\noutput_action: append_row\noutput_file_name: predictions.csv\nretry_settings: {max_retries: 3, timeout: 30}\nerror_threshold: -1\nlogging_level: info\ntags: {Project: 'q'}\n",
            true),
        Case("batch_deployment no compute", .batchDeployment, "name: bd\nendpoint_name: ep\n", true),
        Case(
            "batch_deployment type model", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\ntype: model\n", true),
        Case(
            "batch_deployment type bad", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\ntype: foo\n", false),
        Case(
            "batch_deployment output_action", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\noutput_action: Append_Row\n", true),
        Case(
            "batch_deployment output_action camel", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\noutput_action: AppendRow\n", false),
        Case(
            "batch_deployment output_action bad", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\noutput_action: append\n", false),
        Case(
            "batch_deployment minibatch 0", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\nmini_batch_size: 0\n", true),
        Case(
            "batch_deployment minibatch str", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\nmini_batch_size: ten\n", false),
        Case(
            "batch_deployment logging", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\nlogging_level: foo\n", true),
        Case(
            "batch_deployment retry bad", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\nretry_settings: {max_retry: 3}\n", false),
        Case(
            "batch_deployment instance_count top", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\ninstance_count: 1\n", false),
        Case(
            "batch_deployment model+code", .batchDeployment,
            "name: bd\nendpoint_name: ep\ncompute: azureml:cpu\nmodel: azureml:m@latest\ncode_configuration: {code: src, scoring_script: s.py}\nenvironment: azureml:e@latest\nenvironment_variables: {A: 1}\n",
            true),
        Case("batch_deployment compute plain", .batchDeployment, "name: bd\nendpoint_name: ep\ncompute: cpu\n", true),
        Case(
            "model_batch_deployment ok", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\n",
            true),
        Case(
            "model_batch_deployment walkthrough", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\nresources: {instance_count: 1}\nmax_concurrency_per_instance: 2\nmini_batch_size: 10\noutput_action: append_row\noutput_file_name: predictions.csv\nretry_settings: {max_retries: 3, timeout: 30}\nerror_threshold: -1\nlogging_level: info\ntags: {Project: 'q'}\n",
            false),
        Case(
            "model_batch_deployment no compute", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\n",
            false),
        Case(
            "model_batch_deployment type model", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\ntype: model\n",
            true),
        Case(
            "model_batch_deployment type model settings", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\ntype: model\nsettings: {mini_batch_size: 3, instance_count: 2, output_action: summary_only, retry_settings: {timeout: 3}, environment_variables: {A: 1}, logging_level: debug, output_file_name: x, max_concurrency_per_instance: 1, error_threshold: 1}\n",
            true),
        Case(
            "model_batch_deployment settings+resources", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\ntype: model\nresources: {instance_count: 1}\nsettings: {instance_count: 2, mini_batch_size: 1}\n",
            false),
        Case(
            "batch_deployment type pipeline", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ntype: pipeline\ncomponent: azureml:c:1\nsettings: {a: b}\n",
            true),
        Case(
            "model_batch_deployment type bad", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\ntype: foo\n",
            false),
        Case(
            "model_batch_deployment output_action", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\noutput_action: Append_Row\n",
            false),
        Case(
            "model_batch_deployment output_action camel", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\noutput_action: AppendRow\n",
            false),
        Case(
            "model_batch_deployment output_action bad", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\noutput_action: append\n",
            false),
        Case(
            "model_batch_deployment minibatch 0", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\nmini_batch_size: 0\n",
            false),
        Case(
            "model_batch_deployment minibatch str", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\nmini_batch_size: ten\n",
            false),
        Case(
            "model_batch_deployment logging", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\nlogging_level: foo\n",
            false),
        Case(
            "model_batch_deployment retry bad", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\nretry_settings: {max_retry: 3}\n",
            false),
        Case(
            "model_batch_deployment instance_count top", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\ninstance_count: 1\n",
            false),
        Case(
            "model_batch_deployment model+code", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\nmodel: azureml:m@latest\ncode_configuration: {code: src, scoring_script: s.py}\nenvironment: azureml:e@latest\nenvironment_variables: {A: 1}\n",
            true),
        Case(
            "model_batch_deployment compute plain", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: cpu\n",
            true),
        Case(
            "model_batch_deployment job_definition", .batchDeployment,
            "$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nname: bd\nendpoint_name: ep\ncompute: azureml:cpu\njob_definition: azureml:j\n",
            false),

        // Found by mutation.
        Case("model flavor without a value", .model, "name: m\nflavors: {p: }\n", true),
        Case(
            "a number beyond 64 bits", .batchDeployment,
            "name: bdp\nendpoint_name: abc\nmini_batch_size: 99999999999999999999\n", true),
        Case(
            "a service on some nodes", .commandJob,
            "command: c\nenvironment: azureml:e:1\nservices: {s: {type: ssh, nodes: some}}\n", false),
        Case(
            "an inline model with a version and no name", .onlineDeployment,
            "name: blue\nendpoint_name: abc\ninstance_type: S\nmodel: {path: data.csv, version: 1}\n", false),
    ]
}
