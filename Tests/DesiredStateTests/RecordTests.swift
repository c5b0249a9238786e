import DesiredState
import Diagnostics
import Digest
import TestSupport
import Testing
import TimeKeeping

@Suite("Committed records")
struct RecordTests {
    @Test("are read from the stage's own branch")
    func records() async throws {
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        let other = "sha256:" + String(repeating: "cd", count: 32)
        let fixture = try await TemplateProject.repository()
        try await fixture.commit([
            "environments/prod/rollback.yml": """
            from: \(digest)
            to: diabates:3
            to_digest: \(other)
            reason: worse on Mondays
            requested_by: alice@example.com
            requested_at: 2026-01-02T03:04:05Z
            """,
            "environments/prod/retrain/2.yml":
                "reason: two\nrequested_by: bob@example.com\nrequested_at: 2026-02-02T00:00:00Z\n",
            "environments/prod/retrain/1.yml":
                "reason: one\nrequested_by: alice@example.com\nrequested_at: 2026-01-02T00:00:00Z\n",
            "environments/blue/suspended.yml":
                "objects: [online_endpoint/qiita-diabates-oep-prod]\nreason: audit\nby: bob@example.com\n",
            "environments/dev/suspended.yml": "objects: ['*']\n",
        ])
        let reading = try TemplateProject.reader(fixture).read()
        let prod = try #require(reading.stage("prod"))
        #expect(prod.rollback?.from == ContentDigest(digest))
        #expect(prod.rollback?.to == "diabates:3")
        #expect(prod.rollback?.toDigest == ContentDigest(other))
        #expect(prod.rollback?.location.description == "environments/prod/rollback.yml:1:1")
        #expect(prod.retrain.map(\.reason) == ["one", "two"])
        #expect(reading.stage("blue")?.suspension?.objects == ["online_endpoint/qiita-diabates-oep-prod"])
        // dev's record is on main only, and dev follows develop.
        #expect(reading.stage("dev")?.suspension == nil)
        #expect(reading.project.stages.flatMap(\.diagnostics).filter { $0.severity == .error } == [])
    }

    @Test("stop everything when they do not say what")
    func emptySuspension() async throws {
        let reading = try await TemplateProject.read([
            "environments/dev/suspended.yml": "reason: stop\nby: alice@example.com\n"
        ])
        #expect(reading.stage("dev")?.suspension?.objects == ["*"])
    }
}

@Suite("What a stage file says")
struct StagePolicyTests {
    @Test("is kept: rules, rollout, drift, overrides")
    func policies() async throws {
        let reading = try await TemplateProject.read([
            "environments/dev.yml": (TemplateProject.files["environments/dev.yml"] ?? "").replacing(
                "drift: heal",
                with: """
                    drift:
                      mode: warn
                      ignore_fields: [tags, online_deployment.instance_count]
                      fields: { traffic: heal }
                    environment_overrides:
                      "*": { python: "3.10" }
                      qiita-skilling: { conda_file: data-science/environment/train-conda.yml, image: a/b }
                    """)
        ])
        let dev = try #require(reading.stage("dev"))
        #expect(dev.drift.mode == .warn)
        #expect(dev.drift.fields == ["tags": .ignore, "online_deployment.instance_count": .ignore, "traffic": .heal])
        #expect(dev.environmentOverrides["*"] == ["python": "3.10"])
        #expect(
            dev.environmentOverrides["qiita-skilling"] == [
                "image": "a/b", "conda_file": ["name": "qiita", "dependencies": ["python=3.7"]],
            ])
        let prod = try #require(reading.stage("prod"))
        #expect(prod.evaluation == EvaluationPolicy(metric: "Accuracy", minimum: 0.75, isBetterThanRegistered: true))
        let rules = try #require(prod.protectionRules["register_model"])
        #expect(rules.preventSelfReview && rules.expiresAfter?.seconds == 14 * 86_400)
        let blue = try #require(reading.stage("blue"))
        #expect(blue.rollout?.steps.map(\.traffic) == [10, 50, 100])
        #expect(blue.rollout?.scaleDownDelay.seconds == 600)
        #expect(blue.protectionRules["release"]?.requiredReviewers.count == 2)
    }

    @Test("does not hide whose change an asset is: files of its variables belong to it")
    func paths() async throws {
        let reading = try await TemplateProject.read([
            "mlops/config-infra-dev.yml": TemplateProject.infra + "\n  MODEL_NAME: other\n"
        ])
        let dev = try #require(reading.stage("dev"))
        #expect(
            dev.asset("model/other")?.paths == [
                "mlops/continuous-training/model.yml", "mlops/config-infra-dev.yml", "mlops/config-mlops.yml",
            ])
        #expect(
            dev.asset("data/qiita-diabates")?.paths == [
                "mlops/continuous-training/dataset.yml", "data/diabetes.csv", "mlops/config-mlops.yml",
            ])
    }
}
