import AssetSchema

extension LoaderVerdictTests {
    static let resources: [Case] = [
        Case("cluster", .compute, "name: c\ntype: amlcompute\nsize: s\n", true),
        Case("cluster type in capitals", .compute, "name: c\ntype: AmlCompute\n", true),
        Case("compute without type", .compute, "name: c\n", false),
        Case("compute of unknown type", .compute, "name: c\ntype: cluster\n", false),
        Case(
            "cluster SSH without user", .compute, "name: c\ntype: amlcompute\nssh_settings: {ssh_key_value: k}\n", false
        ),
        Case("cluster identity without type", .compute, "name: c\ntype: amlcompute\nidentity: {}\n", false),
        Case(
            "cluster read-only state", .compute,
            "name: c\ntype: amlcompute\nprovisioning_state: Succeeded\ncreated_on: x\n", true),
        Case("cluster tag that is a number", .compute, "name: c\ntype: amlcompute\ntags: {a: 1}\n", false),
        Case(
            "instance with a schedule without minutes", .compute,
            "name: c\ntype: computeinstance\nschedules: {compute_start_stop: [{action: stop, trigger: {type: recurrence, frequency: day, interval: 1, schedule: {hours: [1]}}}]}\n",
            false),
        Case(
            "instance application without endpoints", .compute,
            "name: c\ntype: computeinstance\ncustom_applications: [{name: a, image: {reference: r}}]\n", false),
        Case("machine without id", .compute, "name: c\ntype: virtualmachine\n", false),
        Case("Kubernetes without namespace", .compute, "name: c\ntype: kubernetes\nresource_id: r\n", true),
        Case("datastore without type", .datastore, "name: d\naccount_name: a\ncontainer_name: c\n", false),
        Case(
            "datastore type in capitals", .datastore, "name: d\ntype: Azure_Blob\naccount_name: a\ncontainer_name: c\n",
            false),
        Case(
            "blob without credentials", .datastore, "name: d\ntype: azure_blob\naccount_name: a\ncontainer_name: c\n",
            true),
        Case(
            "blob with both credentials", .datastore,
            "name: d\ntype: azure_blob\naccount_name: a\ncontainer_name: c\ncredentials: {account_key: a, sas_token: b}\n",
            false),
        Case(
            "gen2 with both authorities", .datastore,
            "name: d\ntype: azure_data_lake_gen2\naccount_name: a\nfilesystem: f\ncredentials: {tenant_id: t, client_id: c, client_secret: s, authority_url: a, authority_uri: b}\n",
            false),
        Case(
            "hdfs, which the SDK has a schema for and no loader", .datastore,
            "name: d\ntype: hdfs\nname_node_address: a\n", false),
        Case(
            "OneLake without artifact", .datastore,
            "name: d\ntype: one_lake\none_lake_workspace_name: w\nendpoint: e\n", false),
        Case(
            "schedule of a job in the workspace", .schedule,
            "name: s\ntrigger: {type: cron, expression: \"0 1 * * *\"}\ncreate_job: azureml:j\n", true),
        Case("schedule without trigger", .schedule, "name: s\ncreate_job: azureml:j\n", false),
        Case(
            "start time as a YAML date", .schedule,
            "name: s\ntrigger: {type: cron, expression: x, start_time: 2026-07-10T10:00:00}\ncreate_job: azureml:j\n",
            false),
        Case(
            "start time as text", .schedule,
            "name: s\ntrigger: {type: cron, expression: x, start_time: \"2026-07-10T10:00:00\"}\ncreate_job: azureml:j\n",
            true),
        Case(
            "start date without time", .schedule,
            "name: s\ntrigger: {type: cron, expression: x, start_time: \"2026-07-10\"}\ncreate_job: azureml:j\n", false),
        Case(
            "recurrence of one hour and many minutes", .schedule,
            "name: s\ntrigger: {type: recurrence, frequency: Week, interval: 1, schedule: {hours: 1, minutes: [0, 30], week_days: Monday}}\ncreate_job: azureml:j\n",
            true),
        Case(
            "recurrence without interval", .schedule,
            "name: s\ntrigger: {type: recurrence, frequency: week}\ncreate_job: azureml:j\n", false),
        Case(
            "command job in the workspace, changed", .schedule,
            "name: s\ntrigger: {type: cron, expression: \"0 1 * * *\"}\ncreate_job: {type: command, job: azureml:j}\n",
            false),
        Case(
            "pipeline job in the workspace, changed", .schedule,
            "name: s\ntrigger: {type: cron, expression: \"0 1 * * *\"}\ncreate_job: {type: pipeline, job: azureml:j, settings: {unknown: 1}}\n",
            true),
        Case(
            "monitor without signals", .schedule,
            "name: m\ntrigger: {type: cron, expression: \"0 1 * * *\"}\ncreate_monitor:\n  compute: {instance_type: s, runtime_version: \"3.4\"}\n",
            true),
        Case(
            "monitor signal without thresholds", .schedule,
            "name: m\ntrigger: {type: cron, expression: \"0 1 * * *\"}\ncreate_monitor:\n  compute: {instance_type: s, runtime_version: \"3.4\"}\n  monitoring_signals: {a: {type: data_drift}}\n",
            true),
        Case(
            "monitor signal", .schedule,
            "name: m\ntrigger: {type: cron, expression: \"0 1 * * *\"}\ncreate_monitor:\n  compute: {instance_type: s, runtime_version: \"3.4\"}\n  monitoring_signals: {a: {type: data_drift, metric_thresholds: {numerical: {jensen_shannon_distance: 0.1}}}}\n",
            true),
        Case(
            "workspace", .workspace,
            "name: w\nstorage_account: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/s\n",
            true),
        Case(
            "workspace with an id that is none", .workspace,
            "name: w\nstorage_account: /subscriptions/0/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/s\n",
            false),
        Case("workspace access in capitals", .workspace, "name: w\npublic_network_access: DISABLED\n", true),
        Case(
            "managed network with unknown key", .workspace,
            "name: w\nmanaged_network: {isolation_mode: disabled, unknown: 1}\n", true),
        Case("managed network without mode", .workspace, "name: w\nmanaged_network: {}\n", false),
        Case("project without hub", .workspace, "name: w\nkind: project\n", false),
        Case("connection without credentials", .connection, "name: c\ntype: git\ntarget: t\n", true),
        Case("connection", .connection, "name: c\ntype: git\ntarget: t\ncredentials: {type: pat, pat: p}\n", true),
        Case(
            "connection with half its credentials", .connection,
            "name: c\ntype: git\ntarget: t\ncredentials: {type: username_password, username: u}\n", false),
        Case("OpenAI connection without endpoint", .connection, "name: c\ntype: azure_open_ai\napi_key: k\n", false),
        Case("registry without regions", .registry, "name: r\nlocation: l\n", false),
        Case("registry", .registry, "name: r\nlocation: l\nreplication_locations: [{location: l}]\n", true),
        Case(
            "entity with a column of unknown type", .featureStoreEntity,
            "name: e\nversion: \"1\"\nindex_columns: [{name: a, type: text}]\n", false),
        Case("import without name", .dataImport, "path: p\nsource: {type: database, query: q, connection: c}\n", false),
        Case(
            "pipeline deployment without component", .batchDeployment,
            "type: pipeline\nname: dep\nendpoint_name: ep1\n", true),
        Case(
            "model settings without mini batch size", .batchDeployment,
            "name: dep\nendpoint_name: ep1\ncompute: c\nsettings: {}\n", false),
        Case("version with an empty name", .model, "name: \"\"\nversion: 1\n", false),
        Case("unknown tag where nothing is read", .environment, "name: e\nimage: i\n$schema: !custom x\n", false),
    ]
}
