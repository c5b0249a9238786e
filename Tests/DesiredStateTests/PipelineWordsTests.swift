import Testing

@testable import DesiredState

@Suite("The words of pipelines")
struct PipelineWordsTests {
    @Test(
        "cuts az ml commands out of scripts",
        arguments: [
            (
                "az ml job create -f a.yml --set inputs.x=1 experiment_name='a b'",
                "job create a.yml | inputs.x=1 experiment_name=a b"
            ),
            ("id=$(az ml job create --file=a.yml --query name -o tsv)", "job create a.yml | "),
            ("az ml $(kind)-endpoint create \\\n  -n $(name) \\\n  -f a.yml # why", "$(kind)-endpoint create a.yml | "),
            ("if true; then az ml data create -f 'a b.yml'; fi", "data create a b.yml | "),
            ("# az ml data create -f a.yml", ""), ("echo az; echo ml", ""), ("az ml", ""),
            ("az ml data create -f \"$(root)/a.yml\" | tee log", "data create $(root)/a.yml | "),
        ])
    func commands(_ script: String, _ expected: String) {
        let found = AzCommand.commands(in: script).map { command in
            "\(command.noun) \(command.verb) \(command["file"] ?? "-") | "
                + command.assignments.map { "\($0.path)=\($0.value)" }.joined(separator: " ")
        }
        #expect(found.joined(separator: "\n") == expected)
    }

    @Test(
        "replaces what the pipeline knows and marks what only a run does",
        arguments: [
            ("${{ parameters.File }}/x", "a.yml/x"), ("$(own)-$(stage)", "mine-$(stage)-$(stage)"),
            ("${{ variables.own }}", "mine-$(stage)"), ("${{ variables['own'] }}", "mine-$(stage)"),
            ("${{ format('{0}-{1}', parameters.file, 'x') }}", "a.yml-x"),
            ("${{ needs.config.outputs.oep }}", "oep-$(namespace)-$(postfix)$(environment)"),
            ("${{ needs.other.outputs.oep }}", "$(oep)"), ("${{ github.run_id }}", "\u{FFFC}"),
            ("${{ parameters.none || 'else' }}", "else"), ("${{ unclosed", "\u{FFFC}"),
            ("$[ runtime ]", "$[ runtime ]\u{FFFC}"),
            ("${{ github.workspace }}/a.yml", "/a.yml"),
        ])
    func texts(_ text: String, _ expected: String) {
        var scope = PipelineScope()
        scope.parameters = ["file": "a.yml"]
        scope.variables = ["own": "mine-$(stage)"]
        scope.jobs = ["config": "Azure/mlops-templates/.github/workflows/read-yaml.yml@main", "other": "./x.yml"]
        #expect(scope.text(text) == expected)
    }

    @Test("never grows a value without end")
    func growth() {
        var scope = PipelineScope()
        for index in 0..<60 { scope.variables["v\(index)"] = "$(v\(index + 1))$(v\(index + 1))" }
        scope.variables["self"] = "x$(self)"
        #expect(scope.text("$(v0)").utf8.count < 1 << 15)
        #expect(scope.text("$(self)") == "xxxxxxxx$(self)")
    }

    @Test(
        "decides conditions on the branch",
        arguments: [
            (["${{ if eq(variables['Build.SourceBranchName'], 'main') }}", "${{ else }}"], [true, false]),
            (["${{ if ne(variables['Build.SourceBranchName'], 'main') }}", "${{ else }}"], [false, true]),
            (
                ["${{ if eq(variables['Build.SourceBranch'], 'refs/heads/dev') }}", "${{ elseif true }}"],
                [false, true]
            ),
            (["${{ if or(eq(variables.x, 'a'), eq('a', 'A')) }}"], [true]),
            (["${{ if eq(variables.x, 'a') }}", "${{ else }}"], [nil, nil]),
            (["${{ each x in parameters.list }}"], [nil]),
            (["${{ if not(and(true, eq(variables.x, 'b'), false)) }}"], [true]),
        ] as [([String], [Bool?])])
    func conditions(_ keys: [String], _ expected: [Bool?]) {
        var conditions = PipelineConditions(branch: "release/main")
        #expect(keys.map { conditions.holds($0) } == expected)
    }
}
