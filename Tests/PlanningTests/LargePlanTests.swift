import AssetSchema
import DesiredState
import Digest
import Testing
import Workspace

@testable import Planning

@Suite struct LargePlanTests {
    @Test("ten thousand assets are planned, all new and all there")
    func tenThousand() throws {
        var world = World()
        world.commit(["prod"]) { $0.isWithoutAssets = true }
        var input = world.input
        for number in 0..<10_000 {
            input.project.stages[0].assets.append(
                SampleProject.asset(.data, "data-\(number)", "data/\(number).yml", ["type": "uri_file"]))
        }
        let plan = Planner.plan(input)
        #expect(plan.stages[0].summary.add > 10_000)
        var workspace = SimulatedWorkspace()
        for action in plan.due where action.kind == .data {
            for case .createAsset(let draft) in action.operations {
                workspace.state.assets.append(
                    LiveAsset(
                        kind: .data, name: draft.definition.name, version: draft.definition.version ?? "",
                        fields: draft.definition.fields, tags: draft.tags, createdAt: world.now))
            }
        }
        input.live["dev"] = workspace.state
        let again = Planner.plan(input)
        #expect(again.stages[0].actions.count { $0.kind == .data && $0.verb == .unchanged } == 10_001)
        #expect(PlanTextRenderer().render(again).contains("10,001 more objects unchanged"))
    }
}
