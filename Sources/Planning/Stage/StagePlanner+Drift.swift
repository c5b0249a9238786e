import AssetSchema
import DesiredState
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// Notes differences that nobody committed as drift, and says whether they are to be healed now.
    ///
    /// Each field follows the stage's policy. What was healed before and came back is left alone for a while that doubles
    /// each time, so that two controllers that disagree do not fight.
    mutating func heals(
        _ changes: [FieldChange], of kind: AssetKind, name: String, id: String, tags: [String: String]
    ) -> Bool {
        let byMode = Dictionary(grouping: changes) { stage.drift.mode(kind: kind.rawValue, field: $0.field) }
        for mode in [DriftPolicy.Mode.warn, .ignore] {
            guard let changes = byMode[mode], mode == .warn else { continue }
            drift.append(
                PlanDrift(
                    id: id, kind: kind, name: name, changes: changes, policy: mode.rawValue,
                    reason: "changed in the workspace; reported only"))
        }
        guard let healed = byMode[.heal], !healed.isEmpty else { return false }
        let pause = healPause(tags)
        drift.append(
            PlanDrift(
                id: id, kind: kind, name: name, changes: healed, policy: DriftPolicy.Mode.heal.rawValue,
                reason: pause.map { "healed before and came back; next healed at \($0)" }
                    ?? "changed in the workspace; to be healed"))
        return pause == nil
    }

    /// The changes that the stage's policy lets be healed.
    func healable(_ changes: [FieldChange], of kind: AssetKind) -> [FieldChange] {
        changes.filter { stage.drift.mode(kind: kind.rawValue, field: $0.field) == .heal }
    }

    /// Until when healing is held back, if it is.
    private func healPause(_ tags: [String: String]) -> Timestamp? {
        guard let (count, last) = Self.heals(tags), count >= 2 else { return nil }
        let pause = TimeSpan(seconds: min(3600, 30 << Int64(min(count, 8))))
        return last + pause > input.now ? last + pause : nil
    }

    /// The tag that counts heals: it starts anew after an hour of peace.
    func nextHeals(_ tags: [String: String]) -> String {
        guard let (count, last) = Self.heals(tags), input.now - last < TimeSpan(seconds: 7200) else {
            return "1 \(input.now)"
        }
        return "\(count + 1) \(input.now)"
    }

    private static func heals(_ tags: [String: String]) -> (Int64, Timestamp)? {
        let parts = (tags[TagName.heals] ?? "").split(separator: " ")
        guard parts.count == 2, let count = Int64(parts[0]), let last = Timestamp(parts[1]) else { return nil }
        return (count, last)
    }
}
