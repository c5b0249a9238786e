import AssetSchema
import DesiredState
import Digest
import Testing
import Workspace

@testable import Planning

@Suite struct PlanMemoryTests {
    /// A stage of data assets, what the workspace holds of them, and what people do to both.
    private struct Data {
        var input: PlanningInput
        var gone: [DesiredAsset] = []

        init() {
            var world = World()
            world.commit(["prod"]) { $0.isWithoutAssets = true }
            world.prune = true
            input = world.input
            input.live["dev"] = LiveState()
            for number in 0..<12 {
                input.project.stages[0].assets.append(
                    SampleProject.asset(.data, "data-\(number)", "data/\(number).yml", ["type": "uri_file"]))
            }
        }

        /// Makes what the plan wants of data assets.
        mutating func act(on plan: Plan) {
            for case .createAsset(let draft) in plan.due.filter({ $0.kind == .data }).flatMap(\.operations) {
                input.live["dev"]?.assets.append(
                    LiveAsset(
                        kind: .data, name: draft.definition.name, version: draft.definition.version ?? "",
                        fields: draft.definition.fields, tags: draft.tags, createdAt: input.now))
            }
        }

        mutating func disturb(_ random: inout SeededGenerator) {
            let desired = input.project.stages[0].assets.indices.filter {
                input.project.stages[0].assets[$0].kind == .data
            }
            let live = input.live["dev"]?.assets.indices.randomElement(using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1:
                guard let place = desired.randomElement(using: &random) else { return }
                input.project.stages[0].assets[place].definition.fields["description"] = .string(
                    "\(Int.random(in: 0..<9, using: &random))")
            case 2:
                guard let place = desired.randomElement(using: &random) else { return }
                gone.append(input.project.stages[0].assets.remove(at: place))
            case 3:
                if let asset = gone.popLast() { input.project.stages[0].assets.append(asset) }
            case 4:
                if let live { input.live["dev"]?.assets[live].isArchived.toggle() }
            case 5:
                if let live { input.live["dev"]?.assets[live].fields["description"] = "by hand" }
            case 6:
                if let live { input.live["dev"]?.assets.remove(at: live) }
            case 7:
                guard let live, var asset = input.live["dev"]?.assets[live] else { return }
                asset.version += "0"
                input.live["dev"]?.assets.append(asset)
            default: break
            }
        }
    }

    @Test("a plan made with what the one before left is the plan made without", arguments: 0..<20)
    func same(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var data = Data()
        var memory: PlanMemory? = PlanMemory()
        for _ in 0..<60 {
            let plan = Planner.plan(data.input)
            #expect(Planner.plan(data.input, memory: &memory) == plan)
            if Bool.random(using: &random) { data.act(on: plan) }
            data.disturb(&random)
        }
    }

    @Test("lines of unchanged assets are kept from plan to plan, and made anew once their version is another")
    func kept() {
        var data = Data()
        var memory: PlanMemory? = PlanMemory()
        data.act(on: Planner.plan(data.input, memory: &memory))
        _ = Planner.plan(data.input, memory: &memory)
        let known = data.input.project.stages[0].assets.filter { memory?.stages["dev"]?.unchanged[$0.identity] != nil }
        #expect(known.count { $0.kind == .data } >= 12)
        data.input.live["dev"]?.assets = []
        _ = Planner.plan(data.input, memory: &memory)
        #expect(memory?.stages["dev"]?.unchanged.isEmpty == true)
    }
}
