import AssetSchema

extension LoaderVerdictTests {
    static let deployments: [Case] = [
        Case(
            "od unnamed model by uri", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: {path: azureml://jobs/j/outputs/o/paths/m}\n",
            false),
        Case(
            "od named model by uri", .onlineDeployment,
            "name: blue\nendpoint_name: ep\ninstance_type: S\nmodel: {name: m, path: azureml://jobs/j/outputs/o/paths/m}\n",
            true),
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
        Case(
            "a number beyond 64 bits", .batchDeployment,
            "name: bdp\nendpoint_name: abc\nmini_batch_size: 99999999999999999999\n", true),
        Case(
            "an inline model with a version and no name", .onlineDeployment,
            "name: blue\nendpoint_name: abc\ninstance_type: S\nmodel: {path: data.csv, version: 1}\n", false),
    ]
}
