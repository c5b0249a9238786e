import AssetSchema

extension LoaderVerdictTests {
    static let jobs: [Case] = [
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
        Case(
            "od model {name: m, path: data.csv, type: custom_model}", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: {name: m, path: data.csv, type: custom_model}\n",
            true),
        Case(
            "a service on some nodes", .commandJob,
            "command: c\nenvironment: azureml:e:1\nservices: {s: {type: ssh, nodes: some}}\n", false),
    ]
}
