import Digest
import Git
import TestSupport
import Testing
import TimeKeeping

@testable import Approvals

@Suite struct GateKeeperTests {
    typealias Project = SignedProject

    @Test("Looks move trust on, rehearsals do not, and a person can pin what was replaced on purpose")
    func looks() async throws {
        let project = try await Project()
        let folder = try TemporaryDirectory()
        let store = TrustStore(folder: folder.path)
        let keeper = GateKeeper(repository: try project.repository, store: store)
        let branch = GateKeeper.Branch(project: "p", name: "main", stages: ["prod"])
        func look(remembers: Bool = true) async throws -> GateKeeper.Look {
            try await keeper.look(at: branch, head: try project.head, now: Project.now, remembers: remembers)
        }
        func state(_ look: GateKeeper.Look) -> GateEvaluation.State {
            GateEvaluation.evaluate(
                Project.gate, subject: Project.subject, authors: [], ledger: look.ledger, now: Project.now
            ).state
        }
        let rehearsal = try await look(remembers: false)
        #expect(try store.entry(project: "p", branch: "main") == nil)
        #expect(try await look() == rehearsal)
        #expect(try store.entry(project: "p", branch: "main")?.seen == project.head.description)
        #expect(try await look().notes.isEmpty)

        try await project.commit([Project.path: Project.record()], by: "alice")
        #expect(state(try await look()) == .open)
        #expect(state(try await look()) == .open)

        try await project.here("commit", "-q", "--amend", "-m", "Forced")
        #expect(try await look().ledger.closedReason != nil)
        try await keeper.trust(branch, at: try project.head, now: Project.now)
        let pinned = try await look()
        #expect(pinned.ledger.closedReason == nil)
        // The amended commit lost alice's signature.
        #expect(state(pinned) == .waiting)
    }

    @Test("A stage that is led to another branch is closed there until a person trusts that")
    func moved() async throws {
        let project = try await Project()
        let folder = try TemporaryDirectory()
        let keeper = GateKeeper(repository: try project.repository, store: TrustStore(folder: folder.path))
        let head = try project.head
        let main = GateKeeper.Branch(project: "p", name: "main", stages: ["prod", "dev"])
        let evil = GateKeeper.Branch(project: "p", name: "evil", stages: ["prod"])
        _ = try await keeper.look(at: main, head: head, now: Project.now, remembers: true)
        let look = try await keeper.look(at: evil, head: head, now: Project.now, remembers: true)
        #expect(look.ledger.closedStages["prod"]?.contains("its gates are kept on main") == true)
        // Main goes on without the stage, and remembers it all the same.
        let rest = GateKeeper.Branch(project: "p", name: "main", stages: ["dev"])
        try await project.commit(["environments/prod.yml": "name: prod\nbranch: evil\n"])
        _ = try await keeper.look(at: rest, head: try project.head, now: Project.now, remembers: true)
        let again = try await keeper.look(at: evil, head: head, now: Project.now, remembers: true)
        #expect(again.ledger.closedStages["prod"] != nil)
        try await keeper.trust(evil, at: head, now: Project.now)
        let trusted = try await keeper.look(at: evil, head: head, now: Project.now, remembers: true)
        #expect(trusted.ledger.closedStages.isEmpty)
    }
}
