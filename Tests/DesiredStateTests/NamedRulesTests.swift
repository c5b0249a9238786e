import DesiredState
import Diagnostics
import TestSupport
import Testing

@Suite("The templates' rules for names")
struct NamedRulesTests {
    private func findings(_ variables: String, _ changes: [String: String?] = [:]) async throws -> [String] {
        let config: [String: String?] = [
            "config-infra-prod.yml": ClassicalProject.infra("prod")
                + variables.split(separator: "\n").map { "\n  \($0)" }.joined()
        ]
        let reading = try await ClassicalProject.read(ClassicalProject.configured, config.merging(changes) { $1 })
        return (reading.stage("prod")?.diagnostics ?? []).filter { $0.severity != .note }.map(\.description)
    }

    @Test(
        "are checked where the value stands",
        arguments: [
            (
                "BASE_NAME: toolongname",
                "config-infra-prod.yml:11:14: error: \"toolongname\" is not allowed here: up to 10 letters"
            ),
            (
                "BASE_NAME: my-name",
                "config-infra-prod.yml:11:14: error: \"my-name\" is not allowed here: up to 10 letters"
            ),
            ("BASE_NAME: diabetes1", ""),
            (
                "LOCATION: west us",
                "config-infra-prod.yml:11:13: warning: \"west us\" is not allowed here: a region's name"
            ),
            (
                "key_vault: kv_$(namespace)",
                "config-infra-prod.yml:11:14: warning: \"kv_bikes\", the value of \"key_vault\", is not"
            ),
            (
                "SCORING_DATASTORE_STORAGE_NAME: MyScores",
                "config-infra-prod.yml:11:35: warning: \"MyScores\" is not allowed here: 3 to 24 lower-case"
            ),
        ])
    func variables(_ line: String, _ expected: String) async throws {
        let found = try await findings(line)
        if expected.isEmpty {
            #expect(found.isEmpty)
        } else {
            #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
        }
    }

    @Test("hold for an endpoint's name with the stage's name in it, and say where the value is from")
    func endpoint() async throws {
        let reading = try await TemplateProject.read([
            "mlops/config-mlops.yml": TemplateProject.names.replacing(
                "qiita-diabates-oep", with: "qiita-diabates-oep-of-our-team")
        ])
        let found = (reading.stage("prod")?.diagnostics ?? []).filter { $0.severity == .error }
        #expect(found.first?.message.hasPrefix("\"qiita-diabates-oep-of-our-team-prod\" is too long") == true)
        #expect(found.first?.notes.map { $0.location?.description } == ["mlops/config-mlops.yml:17:25"])
    }

    @Test("tell of one endpoint name in two stages: an error in one workspace, a note in one region")
    func acrossStages() async throws {
        let notes = try await ClassicalProject.read(ClassicalProject.configured).stage("prod")?.diagnostics ?? []
        #expect(
            notes.map(\.description) == [
                "mlops/azureml/deploy/online/online-endpoint.yml:1:1: note: the online endpoint \"bikes-online\" is dev's too; "
                    + "in Azure an endpoint's name is unique in its region"
            ])
        let elsewhere = try await ClassicalProject.read(
            ClassicalProject.configured,
            ["config-infra-prod.yml": ClassicalProject.infra("prod").replacing("westeurope", with: "japaneast")])
        #expect(elsewhere.diagnostics.isEmpty)
        let same = try await ClassicalProject.read(
            ClassicalProject.configured,
            [
                "config-infra-prod.yml": ClassicalProject.infra("prod").replacing(
                    "environment: prod", with: "environment: dev")
            ])
        #expect(
            same.text.contains(
                "error: stages dev and prod both have the online endpoint \"bikes-online\" in workspace mlw-bikes-0007dev"
            ))
    }

    @Test("variable groups are named where a variable is missing, and conditions are decided by the branch")
    func lists() async throws {
        let list = """
            variables:
              - group: team-secrets
              - ${{ if eq(variables['Build.SourceBranchName'], 'main') }}:
                - name: WHERE
                  value: real
              - ${{ else }}:
                - name: WHERE
                  value: trial
              - template: /config-infra-dev.yml
              - name: ONLINE_ENDPOINT_NAME
                value: $(WHERE)-$(SECRET)
            """
        let stage = "name: prod\nbranch: main\nconfig: [names.yml]\n"
        let files = ClassicalProject.assets.merging([
            "names.yml": list, "environments/prod.yml": stage, "config-infra-dev.yml": ClassicalProject.infra("dev"),
        ]) { $1 }
        let reading = try await ClassicalProject.read(files)
        #expect(reading.explain(stage: "prod", variable: "WHERE")?.value == "real")
        #expect(reading.explain(stage: "prod", variable: "namespace")?.value == "bikes")
        #expect(reading.text.contains("error: no variable is named \"SECRET\""))
        #expect(reading.text.contains("hint: \"team-secrets\" may define it, but git does not tell its values"))
    }
}
