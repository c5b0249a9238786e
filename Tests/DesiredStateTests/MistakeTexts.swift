/// What is said of each mistake, whole.
enum MistakeTexts {
    static let texts: [String: String] = [
        "YAML syntax": #"""
        mlops/continuous-training/model.yml:6:3: error: did not find expected key
            6 |   bad: [
              |   ^
        mlops/continuous-training/model.yml:1:1: note: while parsing a block mapping
            1 | $schema: https://azuremlschemas.azureedge.net/latest/model.schema.json
              | ^
        1 error

        """#,
        "absolute path": #"""
        mlops/continuous-training/dataset.yml:5:7: error: "/etc/diabetes.csv" is an absolute path; a project only knows its own files
            5 | path: /etc/diabetes.csv
              |       ^
              hint: write it relative to this file
        1 error

        """#,
        "azureml without names": #"""
        environments/prod.yml:4:12: error: stage prod does not say its resource group
            4 | workspace: { type: azureml }
              |            ^
              hint: define RESOURCE_GROUP_NAME in a config file
        environments/prod.yml:4:12: error: stage prod does not say its subscription
            4 | workspace: { type: azureml }
              |            ^
              hint: define AZURE_SUBSCRIPTION_ID in a config file
        mlops/config-infra-prod.yml:2:23: error: "AML_WORKSPACE_NAME" has no value
            2 |   AML_WORKSPACE_NAME: ''
              |                       ^
        3 errors

        """#,
        "bad deployment fields": #"""
        mlops/deploy/online/online-deployment.yml:5:1: error: unknown key "instance_cuont" in an online deployment
            5 | instance_cuont: one
              | ^
              hint: did you mean "instance_count"?
        1 error

        """#,
        "circle of stages": #"""
        environments/dev.yml:6:11: error: stages promote each other in a circle: dev → prod → dev
            6 | promotes: prod
              |           ^
        1 error

        """#,
        "cycle": #"""
        mlops/config-mlops.yml:4:7: error: the variable "NAMESPACE" is made of itself: NAMESPACE → B → C → NAMESPACE
            4 |   C: c$(NAMESPACE)
              |       ^
        1 error

        """#,
        "durations, counts and choices": #"""
        environments/prod.yml:4:20: error: expected local or azureml, found "azure"
            4 | workspace: { type: azure }
              |                    ^
        environments/prod.yml:6:39: error: expected maximize or minimize, found "maximise"
            6 | evaluation: { metric: Accuracy, goal: maximise, minimum: high, better_than: registered }
              |                                       ^
              hint: did you mean "maximize"?
        environments/prod.yml:6:58: error: expected a number, found "high"
            6 | evaluation: { metric: Accuracy, goal: maximise, minimum: high, better_than: registered }
              |                                                          ^
        environments/prod.yml:9:26: error: "alice" is no e-mail address
            9 |     required_reviewers: [alice]
              |                          ^
              hint: reviewers are known by the address that allowed_signers binds to their key
        environments/prod.yml:10:5: error: 2 approvals can't come from 1 required reviewer
           10 |     approvals: 2
              |     ^
              hint: the gate would stay closed for ever
        environments/prod.yml:12:20: error: expected a duration such as 30s, 5m or 14d, found "14"
           12 |     expires_after: 14
              |                    ^
              hint: write a unit, such as 14m or 14d
        6 errors

        """#,
        "empty variable used": #"""
        mlops/config-mlops.yml:8:15: error: "MODEL_NAME" has no value
            8 |   MODEL_NAME: ''
              |               ^
        mlops/continuous-training/model.yml:2:7: note: it takes this place
            2 | name: "override config-mlops.yml"
              |       ^
        1 error

        """#,
        "environment overrides": #"""
        environments/dev.yml:7:3: error: no environment of this project is named "qiita-skiling"
            7 |   qiita-skiling: { python: "3.11", conda_file: data-science/environment/train-cond.yml }
              |   ^
              hint: did you mean "qiita-skilling"?
        environments/dev.yml:7:48: error: no file or folder "data-science/environment/train-cond.yml"
            7 |   qiita-skiling: { python: "3.11", conda_file: data-science/environment/train-cond.yml }
              |                                                ^
              hint: did you mean "data-science/environment/train-conda.yml"?
        environments/dev.yml:8:18: error: "three" is no Python version
            8 |   '*': { python: three }
              |                  ^
              hint: such as "3.11"
        3 errors

        """#,
        "folder for uri_file": #"""
        mlops/continuous-training/dataset.yml:5:7: error: "../../data" is a folder, and the type says uri_file
            5 | path: ../../data
              |       ^
        1 error

        """#,
        "missing config file": #"""
        environments/dev.yml:3:10: error: no file or folder "mlops/config-ml0ps.yml"
            3 | config: [mlops/config-ml0ps.yml, mlops/config-infra-dev.yml]
              |          ^
              hint: did you mean "mlops/config-mlops.yml"?
        1 error

        """#,
        "missing file": #"""
        mlops/continuous-training/dataset.yml:5:7: error: no file or folder "../../data/diabates.csv"
            5 | path: ../../data/diabates.csv
              |       ^
              hint: did you mean "data/diabetes.csv"?
        1 error

        """#,
        "no model for deployments": #"""
        mlops/deploy/batch/batch-deployment.yml:1:1: error: no model for this deployment: it names none, and the project has none
            1 | $schema: https://azuremlschemas.azureedge.net/latest/batchDeployment.schema.json
              | ^
        mlops/deploy/online/online-deployment.yml:1:1: error: no model for this deployment: it names none, and the project has none
            1 | $schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
              | ^
        2 errors

        """#,
        "no model path": #"""
        mlops/continuous-training/model.yml:1:1: error: no variable "MODEL_PATH" says which of the job's outputs the model is
            1 | $schema: https://azuremlschemas.azureedge.net/latest/model.schema.json
              | ^
              hint: the artifact_path that the code gives to log_model
        1 error

        """#,
        "path that leads out": #"""
        mlops/continuous-training/dataset.yml:5:7: error: "../../../data/diabetes.csv" leads out of the project
            5 | path: ../../../data/diabetes.csv
              |       ^
        1 error

        """#,
        "pipeline's own name used": #"""
        mlops/config-mlops.yml:17:29: error: no variable is named "Build.BuildId"
           17 |   ONLINE_ENDPOINT_NAME: oep-$(Build.BuildId)
              |                             ^
              hint: only Azure Pipelines knows this name; define it in a config file
        mlops/deploy/online/online-deployment.yml:3:16: note: used here
            3 | endpoint_name: devopsbiketyrey #上書きされる
              |                ^
        1 error

        """#,
        "placeholder used": #"""
        mlops/config-mlops.yml:8:15: error: "MODEL_NAME" still has the placeholder "<sample-string>"
            8 |   MODEL_NAME: <sample-string>
              |               ^
              hint: write the value that this project uses
        mlops/continuous-training/model.yml:2:7: note: used here
            2 | name: "override config-mlops.yml"
              |       ^
        1 error

        """#,
        "placeholders in assets": #"""
        mlops/continuous-training/pipeline.yml:8:13: error: the placeholder "<sample-string>" was left in
            8 |       type: <sample-string>
              |             ^
              hint: write the real value
        mlops/continuous-training/pipeline.yml:10:22: error: the placeholder "<sample-string>" was left in
           10 | environment: azureml:<sample-string>@latest
              |                      ^
              hint: write the real value
        2 errors

        """#,
        "records": #"""
        environments/dev/suspended.yml:1:10: error: expected a list, found "all"
            1 | objects: all
              |          ^
        environments/prod/retrain/1.yml:1:1: error: missing key "reason"
            1 | reson: drift
              | ^
        environments/prod/retrain/1.yml:1:1: error: missing key "requested_by"
            1 | reson: drift
              | ^
        environments/prod/retrain/1.yml:1:1: error: unknown key "reson"
            1 | reson: drift
              | ^
              hint: did you mean "reason"?
        environments/prod/retrain/1.yml:2:15: error: expected a time such as 2026-12-04T00:00:00Z, found "yesterday"
            2 | requested_at: yesterday
              |               ^
        environments/prod/rollback.yml:1:1: error: missing key "to_digest"
            1 | from: sha256:12
              | ^
        environments/prod/rollback.yml:1:7: error: expected sha256: and 64 hexadecimal digits, found "sha256:12"
            1 | from: sha256:12
              |       ^
        environments/prod/rollback.yml:2:5: error: expected <name>:<version> of a model, found "diabates"
            2 | to: diabates
              |     ^
        8 errors

        """#,
        "reference nothing provides": #"""
        mlops/continuous-training/pipeline.yml:9:13: error: no data of this project is named "qiita-diabetes"
            9 |       path: azureml:qiita-diabetes@latest
              |             ^
              hint: did you mean "qiita-diabates"?
        1 error

        """#,
        "reference with a version": #"""
        mlops/continuous-training/pipeline.yml:9:13: note: azureml:other:3 must exist in the workspace
            9 |       path: azureml:other:3
              |             ^
        no problems

        """#,
        "release stage with content": #"""
        environments/blue.yml:9:1: error: "branch" has no meaning in a stage that releases another
            9 | branch: main
              | ^
              hint: the released stage "prod" decides it
        environments/blue.yml:10:1: error: "evaluation" has no meaning in a stage that releases another
           10 | evaluation: { metric: Accuracy }
              | ^
              hint: the released stage "prod" decides it
        2 errors

        """#,
        "sample request": #"""
        mlops/config-mlops.yml:19:26: error: no file or folder "data/online.json"
           19 |   ONLINE_SAMPLE_REQUEST: data/online.json
              |                          ^
        1 error

        """#,
        "sentinel where nothing binds": #"""
        mlops/continuous-training/pipeline.yml:13:14: error: nothing takes the place of "override config-mlops.yml" in this field
           13 | description: override config-mlops.yml
              |              ^
              hint: write the value, or $(NAME) for a variable's
        1 error

        """#,
        "sentinel without variable": #"""
        mlops/continuous-training/dataset.yml:2:7: error: no variable "TRAINING_DATASET_NAME" is defined to take this place
            2 | name: "override config-mlops.yml"
              |       ^
              hint: did you mean "TRAINING_DATASET_NAM"?
        1 error

        """#,
        "shell substitution in a command": #"""
        mlops/continuous-training/pipeline.yml:4:24: warning: no variable is named "date"; the shell gets $(date) as it is
            4 |   python main.py --day $(date) $(date +%F) $((1+2)) $$(NAMESPACE)
              |                        ^
              hint: write $$(date) if that is what the shell shall run
        1 warning

        """#,
        "steps": #"""
        environments/blue.yml:7:40: error: steps must ascend: 5 comes after 10
            7 |   steps: [{ traffic: 10, hold: 5m }, { traffic: 5 }, { traffic: 90 }]
              |                                        ^
        environments/blue.yml:7:54: error: the last step must be traffic: 100
            7 |   steps: [{ traffic: 10, hold: 5m }, { traffic: 5 }, { traffic: 90 }]
              |                                                      ^
        2 errors

        """#,
        "two files of one name": #"""
        mlops/continuous-training/model.yml:2:7: error: two files define the model "diabates"
            2 | name: "override config-mlops.yml"
              |       ^
        mlops/continuous-training/again.yml:1:1: note: the first is here
            1 | $schema: https://azuremlschemas.azureedge.net/latest/model.schema.json
              | ^
        1 error

        """#,
        "two stages of one broken tree": #"""
        mlops/continuous-training/model.yml:3:1: error: did not find expected node content
            3 | 
              | ^
        1 error

        """#,
        "unknown key of a stage": #"""
        environments/prod.yml:5:1: error: unknown key "promote"
            5 | promote: dev
              | ^
              hint: did you mean "promotes"?
        1 error

        """#,
        "unknown name in a variable": #"""
        mlops/config-mlops.yml:17:29: error: no variable is named "NAMESPAC"
           17 |   ONLINE_ENDPOINT_NAME: oep-$(NAMESPAC)
              |                             ^
              hint: did you mean "$(NAMESPACE)"?
        1 error

        """#,
        "unknown name in an asset": #"""
        mlops/continuous-training/pipeline.yml:11:18: error: no variable is named "COMPUTE_NAM"
           11 | compute: azureml:$(COMPUTE_NAM)
              |                  ^
              hint: did you mean "$(COMPUTE_NAME)"?
        1 error

        """#,
        "unknown stages and gates": #"""
        environments/blue.yml:2:11: error: no stage is named "prood"
            2 | releases: prood
              |           ^
              hint: did you mean "prod"?
        environments/blue.yml:4:3: error: unknown key "relase"
            4 |   relase: { required_reviewers: [alice@example.com, bob@example.com], approvals: 1, wait_timer: 0 }
              |   ^
              hint: did you mean "release"?
        environments/prod.yml:5:11: error: no stage is named "dve"
            5 | promotes: dve
              |           ^
              hint: did you mean "dev"?
        3 errors

        """#,
        "value that grows": #"""
        mlops/config-mlops.yml:30:7: error: the value of "A9" grows beyond 32768 bytes
           30 |   A9: $(A8)$(A8)
              |       ^
        1 error

        """#,
        "variables that are none": #"""
        mlops/config-infra-dev.yml:2:9: error: expected text, found a list
            2 |   LIST: [a]
              |         ^
        mlops/config-infra-dev.yml:3:16: warning: $(ENVIRONMENT) is always the stage's name, "dev"; this value is not used
            3 |   ENVIRONMENT: test
              |                ^
        1 error, 1 warning

        """#,
    ]
}
