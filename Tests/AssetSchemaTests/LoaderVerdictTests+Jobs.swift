import AssetSchema
import Diagnostics
import Testing
import YAML

/// The Azure ML SDK's own verdict (azure-ai-ml 1.35.2, `load_job`) on jobs written by hand.
@Suite struct JobLoaderVerdictTests {
    @Test(arguments: cases)
    func `a document is refused as the SDK's loader refuses it`(_ example: IncludingCase) throws {
        try example.check(as: .commandJob)
    }

    static let cases = [
        IncludingCase(
            "base", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, inputs: {x: 1}}
            """),
        IncludingCase(
            "step unknown key", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, foo: 1}
            """),
        IncludingCase(
            "step description int", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, description: 5}
            """),
        IncludingCase(
            "step tags list", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, tags: [a]}
            """),
        IncludingCase(
            "step tags str", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, tags: abc}
            """),
        IncludingCase(
            "step name int", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, name: 5}
            """),
        IncludingCase(
            "step displayname map", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, display_name: {}}
            """),
        IncludingCase(
            "step base_path unknown", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, base_path: x}
            """),
        IncludingCase(
            "step instance_count unknown", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, instance_count: x}
            """),
        IncludingCase(
            "step timeout unknown", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, timeout: 3, job_tier: x, is_deterministic: 3}
            """),
        IncludingCase(
            "step id", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, id: 3}
            """),
        IncludingCase(
            "step settings", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: azureml:c@latest, status: 3, log_files: {}, creation_context: 1}
            """),
        IncludingCase(
            "no jobs", isTaken: true,
            """
            type: pipeline
            """),
        IncludingCase(
            "jobs empty", isTaken: true,
            """
            type: pipeline
            jobs: {}
            """),
        IncludingCase(
            "jobs null", isTaken: false,
            """
            type: pipeline
            jobs:
            """),
        IncludingCase(
            "step upper name", isTaken: false,
            """
            type: pipeline
            jobs:
              A: {type: command, component: azureml:c@latest}
            """),
        IncludingCase(
            "step Type upper", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: Command, component: azureml:c@latest}
            """),
        IncludingCase(
            "typeless", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {component: azureml:c@latest}
            """),
        IncludingCase(
            "comp relative", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: comp.yml}
            """),
        IncludingCase(
            "comp ./relative", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: ./comp.yml}
            """),
        IncludingCase(
            "comp file:", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: file:./comp.yml}
            """),
        IncludingCase(
            "comp parallel in typeless", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {component: ./par.yml}
            """),
        IncludingCase(
            "comp parallel in command", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, component: ./par.yml}
            """),
        IncludingCase(
            "comp command in parallel", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: parallel, component: ./comp.yml}
            """),
        IncludingCase(
            "missing comp in parallel", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: parallel, component: ./nope.yml}
            """),
        IncludingCase(
            "missing comp in command", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, component: ./nope.yml}
            """),
        IncludingCase(
            "binding to unknown input in component step", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: ./comp.yml, inputs: {x: '${{parent.inputs.nope}}'}}
            """),
        IncludingCase(
            "binding unknown input inline", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{parent.inputs.nope}}'}}
            """),
        IncludingCase(
            "binding unknown job inline", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{parent.jobs.b.outputs.nope}}'}}
            """),
        IncludingCase(
            "binding unknown output of later inline job", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{parent.jobs.b.outputs.nope}}'}}
              b: {type: command, command: echo, environment: azureml:e@latest}
            """),
        IncludingCase(
            "binding unknown output of earlier inline job", isTaken: false,
            """
            type: pipeline
            jobs:
              b: {type: command, command: echo, environment: azureml:e@latest}
              a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{parent.jobs.b.outputs.nope}}'}}
            """),
        IncludingCase(
            "binding unknown output of component file step", isTaken: false,
            """
            type: pipeline
            jobs:
              b: {type: command, component: ./comp.yml}
              a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{parent.jobs.b.outputs.nope}}'}}
            """),
        IncludingCase(
            "binding unknown output of azureml component step", isTaken: false,
            """
            type: pipeline
            jobs:
              b: {type: command, component: azureml:c@latest}
              a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{parent.jobs.b.outputs.nope}}'}}
            """),
        IncludingCase(
            "binding weird", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{parent.jobs.b}}'}}
            """),
        IncludingCase(
            "output binding unknown inline", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, command: echo, environment: azureml:e@latest, outputs: {x: '${{parent.outputs.b}}'}}
            """),
        IncludingCase(
            "output binding unknown component", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: ./comp.yml, outputs: {x: '${{parent.outputs.b}}'}}
            """),
        IncludingCase(
            "output text inline", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, command: echo, environment: azureml:e@latest, outputs: {x: 'hello'}}
            """),
        IncludingCase(
            "output text component", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: command, component: ./comp.yml, outputs: {x: 'hello'}}
            """),
        IncludingCase(
            "unknown input of component", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, component: ./comp.yml, inputs: {zzz: 3}}
            """),
        IncludingCase(
            "legacy binding", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{inputs.nope}}'}}
            """),
        IncludingCase(
            "standalone parallel", isTaken: false,
            """
            type: parallel
            task: {type: run_function}
            """),
        IncludingCase(
            "if_else", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: if_else, condition: '${{parent.jobs.b.outputs.x}}', true_block: '${{parent.jobs.b}}'}
            """),
        IncludingCase(
            "import standalone", isTaken: true,
            """
            type: import
            source: {type: s3, connection: azureml:c, path: x}
            output: {type: uri_folder, path: x}
            """),
        IncludingCase(
            "job null type", isTaken: false,
            """
            type:
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "settings str", isTaken: false,
            """
            type: pipeline
            settings: {default_compute: cpu, foo: 1}
            """),
        IncludingCase(
            "settings ok", isTaken: true,
            """
            type: pipeline
            settings: {default_compute: azureml:cpu, foo: 1, default_datastore: azureml:x, continue_on_step_failure: 'yes'}
            """),
        IncludingCase(
            "settings foo", isTaken: true,
            """
            type: pipeline
            settings: {default_compute: Serverless, on_init: 1}
            """),
        IncludingCase(
            "parallel step: base", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: env", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: parallel, environment: azureml:e:1, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: comment", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: parallel, comment: x, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: foo", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: parallel, foo: x, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: name", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, name: x, display_name: 3, tags: {a: 3}, description: 3, experiment_name: 4, services: 3, status: 3, log_files: 3, id: 4, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: name int", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, name: 5,  task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: tags str", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: parallel, tags: abc, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: tags null", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, tags: , task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: creation_context", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, creation_context: 3, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: component null", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: parallel, component: , task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: component bad", isTaken: false,
            """
            type: pipeline
            jobs:
              a: {type: parallel, component: nope, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: no task", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel}
            """),
        IncludingCase(
            "parallel step: identity", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, identity: {type: managed}, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: source_path base_path", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, base_path: x, source_path: y, print_as_yaml: 3, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: $schema", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, $schema: x, task: {type: run_function, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "parallel step: task foo", isTaken: true,
            """
            type: pipeline
            jobs:
              a: {type: parallel, task: {type: run_function, foo: 3, entry_script: a.py, code: azureml:c:1, environment: azureml:e@latest}}
            """),
        IncludingCase(
            "ensemble: pct", isTaken: true,
            """
            type: automl
            task: regression
            target_column_name: demand
            training_data: {type: mltable, path: ./src}
            training: {stack_ensemble_settings: {stack_meta_learner_type: LightGBMRegressor, stack_meta_learner_train_percentage: 0.2}}
            """),
        IncludingCase(
            "ensemble: kwargs", isTaken: false,
            """
            type: automl
            task: regression
            target_column_name: demand
            training_data: {type: mltable, path: ./src}
            training: {stack_ensemble_settings: {stack_meta_learner_type: LightGBMRegressor, stack_meta_learner_kwargs: {n: 1}}}
            """),
        IncludingCase(
            "ensemble: kwargs empty", isTaken: false,
            """
            type: automl
            task: regression
            target_column_name: demand
            training_data: {type: mltable, path: ./src}
            training: {stack_ensemble_settings: {stack_meta_learner_type: LightGBMRegressor, stack_meta_learner_kwargs: {}}}
            """),
        IncludingCase(
            "pipeline component by path", isTaken: true,
            """
            type: pipeline
            jobs: {a: {type: pipeline, component: ./sub.yml, inputs: {x: a}}}
            """),
        IncludingCase(
            "pipeline component with file: prefix", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: pipeline, component: file:./sub.yml}}
            """),
        IncludingCase(
            "pipeline component inline", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: pipeline, component: {type: pipeline, jobs: {}}}}
            """),
        IncludingCase(
            "pipeline that includes itself", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: pipeline, component: ./round.yml}}
            """),
        IncludingCase(
            "a step in a file", isTaken: true,
            """
            type: pipeline
            jobs: {a: file:./step.yml}
            """),
        IncludingCase(
            "a step in a file that is a list", isTaken: false,
            """
            type: pipeline
            jobs: {a: file:./list.yml}
            """),
        IncludingCase(
            "a component that is a list", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: command, component: ./list.yml}}
            """),
        IncludingCase(
            "a component that is an empty file", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: command, component: ./empty.yml}}
            """),
        IncludingCase(
            "a component of a job", isTaken: true,
            """
            type: pipeline
            component: ./sub.yml
            inputs: {x: a}
            """),
        IncludingCase(
            "a component and jobs", isTaken: false,
            """
            type: pipeline
            component: ./sub.yml
            jobs: {a: {type: command, component: azureml:c@latest}}
            """),
        IncludingCase(
            "a step without anything", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: command}}
            """),
        IncludingCase(
            "a step that is null", isTaken: false,
            """
            type: pipeline
            jobs: {a: }
            """),
        IncludingCase(
            "a step that is text", isTaken: false,
            """
            type: pipeline
            jobs: {a: text}
            """),
        IncludingCase(
            "an expression for a number in a step", isTaken: true,
            """
            type: pipeline
            inputs: {n: 1}
            jobs: {a: {type: command, component: azureml:c@latest, limits: {timeout: '${{parent.inputs.n}}'}, resources: {instance_count: '${{parent.inputs.n}}'}}}
            """),
        IncludingCase(
            "an expression for a number in an inline job's limits", isTaken: false,
            """
            type: pipeline
            inputs: {n: 1}
            jobs: {a: {type: command, command: echo, environment: azureml:e@latest, limits: {timeout: '${{parent.inputs.n}}'}}}
            """),
        IncludingCase(
            "an unknown key in an inline job", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: command, command: echo, environment: azureml:e@latest, foo: 1}}
            """),
        IncludingCase(
            "an inline job without environment", isTaken: true,
            """
            type: pipeline
            jobs: {a: {type: command, command: echo}}
            """),
        IncludingCase(
            "an inline component with an unknown key", isTaken: true,
            """
            type: pipeline
            jobs: {a: {type: command, component: {type: command, command: echo, environment: azureml:e@latest, foo: 1}}}
            """),
        IncludingCase(
            "a boolean for a port of a component", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: parallel, component: ./par.yml, inputs: {x: true}}}
            """),
        IncludingCase(
            "text for a port of a component", isTaken: true,
            """
            type: pipeline
            jobs: {a: {type: parallel, component: ./par.yml, inputs: {x: text}}}
            """),
        IncludingCase(
            "an output bound to more than an expression", isTaken: true,
            """
            type: pipeline
            outputs: {o: {}}
            jobs: {a: {type: command, component: ./comp.yml, outputs: {o: {path: '${{parent.outputs.o}}', mode: upload}}}}
            """),
        IncludingCase(
            "sweep step by path", isTaken: true,
            """
            type: pipeline
            jobs: {a: {type: sweep, trial: ./comp.yml, search_space: {x: {type: choice, values: [a]}}, objective: {goal: minimize, primary_metric: m}, limits: {max_total_trials: 1}}}
            """),
        IncludingCase(
            "sweep step without limits", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: sweep, trial: ./comp.yml, objective: {goal: minimize, primary_metric: m}}}
            """),
        IncludingCase(
            "automl step with an expression for data", isTaken: true,
            """
            type: pipeline
            inputs: {t: {type: mltable, path: azureml:t:1}}
            jobs: {a: {type: automl, task: regression, target_column_name: y, training_data: '${{parent.inputs.t}}'}}
            """),
        IncludingCase(
            "automl step without training data", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: automl, task: regression, target_column_name: y}}
            """),
        IncludingCase(
            "automl step in camel case", isTaken: true,
            """
            type: pipeline
            jobs: {a: {type: automl, task: TextNer, training_data: {type: mltable, path: azureml:t:1}}}
            """),
        IncludingCase(
            "automl job in camel case", isTaken: false,
            """
            type: automl
            task: TextNer
            training_data: {type: mltable, path: azureml:t:1}
            """),
        IncludingCase(
            "automl job without training data", isTaken: true,
            """
            type: automl
            task: text_ner
            """),
        IncludingCase(
            "spark step resources without version", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: spark, component: azureml:c@latest, resources: {instance_type: standard_e4s_v3}}}
            """),
        IncludingCase(
            "spark step of another size", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: spark, component: azureml:c@latest, resources: {instance_type: standard_e5s_v3, runtime_version: 3.4}}}
            """),
        IncludingCase(
            "spark job", isTaken: true,
            """
            type: spark
            entry: {file: a.py}
            conf: {spark.driver.cores: 1}
            """),
        IncludingCase(
            "spark job without entry", isTaken: false,
            """
            type: spark
            """),
        IncludingCase(
            "spark job with a class", isTaken: false,
            """
            type: spark
            entry: {class_name: a.B}
            resources: {instance_type: x, runtime_version: 3.x}
            """),
        IncludingCase(
            "spark job with files twice", isTaken: false,
            """
            type: spark
            entry: {file: a.py}
            files: [a, a]
            """),
        IncludingCase(
            "spark job with an empty setting", isTaken: false,
            """
            type: spark
            entry: {file: a.py}
            conf: {spark.driver.cores: }
            """),
        IncludingCase(
            "sweep job with a trial in a file", isTaken: false,
            """
            type: sweep
            trial: file:./step.yml
            objective: {goal: minimize, primary_metric: m}
            limits: {max_total_trials: 1}
            """),
        IncludingCase(
            "sweep job", isTaken: true,
            """
            type: sweep
            trial: {command: echo, environment: azureml:e@latest}
            search_space: {x: {type: uniform, min_value: 0, max_value: '1'}}
            sampling_algorithm: Random
            objective: {goal: Maximize, primary_metric: m}
            limits: {max_total_trials: '1'}
            """),
        IncludingCase(
            "sweep job with a list of values alone", isTaken: false,
            """
            type: sweep
            trial: {command: echo, environment: azureml:e@latest}
            search_space: {x: [1, 2]}
            objective: {goal: minimize, primary_metric: m}
            limits: {max_total_trials: 1}
            """),
        IncludingCase(
            "sweep job with fractions in randint", isTaken: true,
            """
            type: sweep
            trial: {command: echo, environment: azureml:e@latest}
            search_space: {x: {type: randint, upper: 2.5}}
            objective: {goal: minimize, primary_metric: m}
            limits: {max_total_trials: 1}
            """),
        IncludingCase(
            "sweep job with compute in the trial", isTaken: false,
            """
            type: sweep
            trial: {command: echo, environment: azureml:e@latest, compute: azureml:c}
            objective: {goal: minimize, primary_metric: m}
            limits: {max_total_trials: 1}
            """),
        IncludingCase(
            "job of an environment in a file", isTaken: true,
            """
            command: echo
            environment: file:./env.yml
            """),
        IncludingCase(
            "job of an environment in a file that is not there", isTaken: false,
            """
            command: echo
            environment: file:./nope.yml
            """),
        IncludingCase(
            "data transfer with two inputs", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: data_transfer, task: export_data, inputs: {source: {type: uri_file, path: x}, b: 1}, sink: {type: database, connection: azureml:c}}}
            """),
        IncludingCase(
            "data transfer of a task that is none", isTaken: false,
            """
            type: pipeline
            jobs: {a: {type: data_transfer, task: move_data}}
            """),
    ]
}
