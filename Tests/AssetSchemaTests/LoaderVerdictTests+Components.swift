import AssetSchema
import Diagnostics
import Testing
import YAML

/// The Azure ML SDK's own verdict (azure-ai-ml 1.35.2, `load_component`) on components written by hand.
@Suite struct ComponentLoaderVerdictTests {
    @Test(arguments: cases)
    func `a document is refused as the SDK's loader refuses it`(_ example: IncludingCase) throws {
        try example.check(as: .component)
    }

    static let cases = [
        IncludingCase(
            "command", isTaken: true,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "no name", isTaken: false,
            """
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "upper case name", isTaken: false,
            """
            name: C1
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "name with a dash", isTaken: false,
            """
            name: a-b
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "unknown key", isTaken: true,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            foo: 1
            """),
        IncludingCase(
            "a key that is a number", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            1: 1
            """),
        IncludingCase(
            "$schema that is a number", isTaken: false,
            """
            $schema: 1
            name: c1
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "version that is a number", isTaken: true,
            """
            name: c1
            version: 1.10
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "version that is a date", isTaken: true,
            """
            name: c1
            version: 2022-01-01
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "version that is an empty list", isTaken: false,
            """
            name: c1
            version: []
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "tag that is a number", isTaken: false,
            """
            name: c1
            tags: {a: 1}
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "tag that is null", isTaken: false,
            """
            name: c1
            tags: {a: }
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "type with a version", isTaken: false,
            """
            name: c1
            type: command@1
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "type in capitals", isTaken: true,
            """
            name: c1
            type: COMMAND
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "type that is none", isTaken: false,
            """
            name: c1
            type: distributed
            command: echo
            environment: azureml:e@latest
            """),
        IncludingCase(
            "input types", isTaken: true,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: number, default: 1, min: 0, max: '3'}, b: {type: string, enum: [a]}, c: {type: boolean, default: 'True'}, d: {type: uri_file, mode: ro_mount, optional: true}, e: {type: integer, default: '1.0'}, f: {type: path}}
            """),
        IncludingCase(
            "input type in capitals", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: String}}
            """),
        IncludingCase(
            "input without type", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {default: 1}}
            """),
        IncludingCase(
            "default of a port", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: uri_file, default: x}}
            """),
        IncludingCase(
            "default of another type", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: integer, default: abc}}
            """),
        IncludingCase(
            "boolean default of a number", isTaken: true,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: integer, default: true}}
            """),
        IncludingCase(
            "number as a default of a boolean", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: boolean, default: 1}}
            """),
        IncludingCase(
            "minimum of text", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: string, min: 1}}
            """),
        IncludingCase(
            "minimum that is no number", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: number, min: x}}
            """),
        IncludingCase(
            "numbers in an enumeration", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            inputs: {a: {type: integer, enum: [1, 2]}}
            """),
        IncludingCase(
            "output of a number with keys of its own", isTaken: true,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            outputs: {a: {type: number, early: true}}
            """),
        IncludingCase(
            "output of a folder with keys of its own", isTaken: false,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            outputs: {a: {type: uri_folder, early: true}}
            """),
        IncludingCase(
            "resources with keys of their own", isTaken: true,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            resources: {instance_count: 1, foo: bar}
            """),
        IncludingCase(
            "distribution with keys of its own", isTaken: true,
            """
            name: c1
            command: echo
            environment: azureml:e@latest
            distribution: {type: mpi, foo: 1}
            """),
        IncludingCase(
            "inline environment", isTaken: true,
            """
            name: c1
            command: echo
            environment: {image: ubuntu}
            """),
        IncludingCase(
            "unknown expression in the command", isTaken: true,
            """
            name: c1
            command: echo ${{inputs.nope}}
            environment: azureml:e@latest
            """),
        IncludingCase(
            "parallel", isTaken: true,
            """
            name: p1
            type: parallel
            task: {type: run_function, entry_script: a.py, environment: azureml:e@latest}
            mini_batch_size: 10MB
            """),
        IncludingCase(
            "parallel with a number for the size", isTaken: false,
            """
            name: p1
            type: parallel
            task: {type: run_function, entry_script: a.py, environment: azureml:e@latest}
            mini_batch_size: 10
            """),
        IncludingCase(
            "parallel with another unit", isTaken: false,
            """
            name: p1
            type: parallel
            task: {type: run_function, entry_script: a.py, environment: azureml:e@latest}
            mini_batch_size: 10TB
            """),
        IncludingCase(
            "parallel task without environment", isTaken: false,
            """
            name: p1
            type: parallel
            task: {type: run_function, entry_script: a.py}
            """),
        IncludingCase(
            "pipeline", isTaken: true,
            """
            name: p1
            type: pipeline
            inputs: {x: {type: string}}
            jobs: {a: {type: command, component: ./comp.yml, inputs: {x: '${{parent.inputs.x}}'}}}
            """),
        IncludingCase(
            "pipeline with a step bound to nothing", isTaken: false,
            """
            name: p1
            type: pipeline
            jobs: {a: {type: command, command: echo, environment: azureml:e@latest, inputs: {x: '${{parent.inputs.nope}}'}}}
            """),
        IncludingCase(
            "spark", isTaken: true,
            """
            name: s1
            type: spark
            entry: {file: a.py}
            """),
        IncludingCase(
            "import", isTaken: true,
            """
            name: i1
            type: import
            source: {type: {type: string}}
            output: {type: uri_folder}
            """),
        IncludingCase(
            "automl", isTaken: true,
            """
            name: a1
            type: automl
            task: classification
            """),
        IncludingCase(
            "flow without a name", isTaken: true,
            """
            $schema: https://azuremlschemas.azureedge.net/promptflow/latest/Flow.schema.json
            inputs: {}
            outputs: {}
            nodes: []
            """),
    ]
}
