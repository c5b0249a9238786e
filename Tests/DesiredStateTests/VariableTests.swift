import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Testing

@Suite("Variables")
struct VariableTests {
    @Test(
        "are text exactly as written",
        arguments: ["0001", "false", "1e3", "1_000", "0x1F", "yes", "~x", "1.10", "2022-01-01", "null"])
    func exact(_ text: String) async throws {
        let reading = try await TemplateProject.read([
            "mlops/config-mlops.yml": TemplateProject.names + "\n  RAW: \(text)\n",
            "mlops/continuous-training/train-env.yml": """
            $schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
            name: "override config-mlops.yml"
            image: a/b:$(RAW)
            tags: { raw: $(RAW), quoted: "x$(RAW)" }
            """,
        ])
        let asset = try #require(reading.stage("dev")?.asset("environment/qiita-skilling"))
        #expect(asset.definition.fields["image"] == .string("a/b:\(text)"))
        #expect(asset.definition.tags == ["raw": text, "quoted": "x\(text)"])
        #expect(reading.explain(stage: "dev", variable: "RAW")?.value == text)
    }

    @Test("may stand in Azure's list form, in templates, and in other case")
    func listForm() async throws {
        let reading = try await TemplateProject.read([
            "mlops/config-infra-dev.yml": """
            variables:
            - group: secrets-of-azure
            - name: AML_WORKSPACE_NAME
              value: mlw-$(namespace)-$(Postfix)
            - template: parts/more.yml
            """,
            "mlops/parts/more.yml": "variables:\n- name: POSTFIX\n  value: 0001\n- template: /mlops/parts/again.yml\n",
            "mlops/parts/again.yml": "variables:\n  NAMESPACE: later\n",
        ])
        #expect(reading.stage("dev")?.workspace.name == "mlw-later-0001")
        #expect(
            reading.diagnostics.filter { $0.severity == .note }.map(\.description) == [
                "mlops/config-infra-dev.yml:2:3: note: the variable group \"secrets-of-azure\" is kept in Azure DevOps; "
                    + "git does not tell its values"
            ])
    }

    @Test("replace anywhere, in keys too, and numbers stay numbers")
    func anywhere() async throws {
        let reading = try await TemplateProject.read([
            "mlops/config-mlops.yml": TemplateProject.names + "\n  COUNT: 3\n  KEY: team\n",
            "mlops/deploy/online/online-deployment.yml": """
            $schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
            name: "override config-mlops.yml"
            endpoint_name: x
            instance_type: Standard_E2s_v3
            instance_count: $(COUNT)
            tags: { $(KEY): "$(ENVIRONMENT)$(ENVIRONMENT)" }
            """,
        ])
        let asset = try #require(
            reading.stage("prod")?.asset("online_deployment/qiita-diabates-oep-prod/qiita-diabates-odp"))
        #expect(asset.definition.fields["instance_count"]?.intValue == 3)
        #expect(asset.definition.tags == ["team": "prodprod"])
    }

    @Test("leave a shell its own substitutions")
    func shell() async throws {
        let reading = try await TemplateProject.read([
            "mlops/continuous-training/pipeline.yml":
                (TemplateProject.files["mlops/continuous-training/pipeline.yml"] ?? "")
                .replacing(
                    "python main.py",
                    with: "python $(NAMESPACE).py $$(NAMESPACE) $(date +%F) $((1 + 2)) ${HOME} $(date)")
        ])
        let job = try #require(reading.stage("dev")?.asset("command_job/pipeline"))
        #expect(
            job.definition.fields["command"]?.stringValue?.hasPrefix(
                "python diabetes.py $(NAMESPACE) $(date +%F) $((1 + 2)) ${HOME} $(date) --input_data ${{inputs.input}}")
                == true)
    }

    @Test("append the stage's name to endpoints once")
    func endpointOnce() async throws {
        let reading = try await TemplateProject.read([
            "mlops/config-mlops.yml": TemplateProject.names
                .replacing("qiita-diabates-oep", with: "oep-$(ENVIRONMENT)")
        ])
        #expect(reading.stage("dev")?.asset("online_endpoint/oep-dev") != nil)
    }

    @Test("do not rename several deployments of a kind to one name")
    func severalDeployments() async throws {
        let text = """
            $schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
            name: green
            endpoint_name: "override config-mlops.yml"
            instance_type: Standard_E2s_v3
            instance_count: 1
            """
        let reading = try await TemplateProject.read([
            "mlops/deploy/online/green.yml": text,
            "mlops/deploy/online/online-deployment.yml": text.replacing("green", with: "blue"),
        ])
        #expect(!reading.diagnostics.hasErrors)
        #expect(
            reading.stage("dev")?.assets.filter { $0.kind == .onlineDeployment }.map(\.key.name) == [
                "qiita-diabates-oep-dev/blue", "qiita-diabates-oep-dev/green",
            ])
    }

    struct Bomb: CustomTestStringConvertible, Sendable {
        var variables: String
        var description: String
        var message: String

        var testDescription: String { message }
    }

    private static func lines(_ count: Int, _ line: (Int) -> String) -> String {
        var text = ""
        for number in 0..<count { text += line(number) }
        return text
    }

    static let bombCases: [Bomb] = [
        Bomb(
            variables: lines(20_000) { "  A\($0): $(A\($0 + 1))\n" } + "  A20000: x\n", description: "$(A0)",
            message: "more than 100 variables stand in one another here"),
        Bomb(
            variables: lines(5_000) { "  A\($0): $(NOBODY\($0))\n" }, description: "x",
            message: "no variable is named \"NOBODY0\""),
        Bomb(
            variables: "  A: " + String(repeating: "x", count: 30_000) + "\n",
            description: String(repeating: "$(A)", count: 40_000),
            message: "the values of variables make this file grow beyond 262144 bytes"),
        Bomb(
            variables: "  A: x\n", description: lines(40_000) { "$(B\($0))" }, message: "no variable is named \"B0\""),
    ]

    @Test(
        "that are there to exhaust the reader end in one sentence",
        arguments: bombCases)
    func bombs(_ bomb: Bomb) async throws {
        let reading = try await TemplateProject.read([
            "mlops/config-mlops.yml": TemplateProject.names + "\n" + bomb.variables,
            "mlops/continuous-training/train-env.yml": """
            $schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
            name: "override config-mlops.yml"
            image: a/b
            description: \(bomb.description)
            """,
        ])
        #expect(reading.diagnostics.contains { $0.severity == .error && $0.message == bomb.message })
        #expect(reading.diagnostics.count < 400)
    }
}
