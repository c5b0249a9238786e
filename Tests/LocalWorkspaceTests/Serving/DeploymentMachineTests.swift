import Subprocess
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Deployment machine")
struct DeploymentMachineTests {
    /// Drives a machine without processes: what is started lives until it is said to be dead.
    private struct World {
        var machine = DeploymentMachine(DeploymentStatus())
        var spec = OnlineDeploymentSpec(endpoint: "ep", name: "blue", scorer: .model, modelDirectory: "/m")
        var generation = 1
        var isStopping = false
        var now = Duration.zero
        var alive: Set<Int> = []
        var answering = true
        var effects: [DeploymentMachine.Effect] = []

        var goal: DeploymentMachine.Goal {
            .init(
                generation: generation, revision: spec.revision, count: spec.instanceCount, isStopping: isStopping,
                startLimit: .seconds(60), livenessThreshold: 3, grace: .seconds(10))
        }
        var status: DeploymentStatus { machine.status }
        var ready: [Int] { status.instances.filter { $0.phase == .ready }.map(\.serial) }

        mutating func step(_ count: Int = 1, after time: Duration = .seconds(1), canStart: Bool = true) {
            for _ in 0..<count {
                now += time
                var sights: [Int: DeploymentMachine.Sight] = [:]
                for instance in status.instances where instance.process != nil {
                    let isAlive = alive.contains(instance.serial)
                    sights[instance.serial] = .init(
                        isAlive: isAlive, answered: isAlive ? answering : nil, lastWords: isAlive ? nil : "Boom")
                }
                effects = machine.step(
                    goal: goal, sights: sights, canStart: canStart, isProxySettled: true, now: now)
                for effect in effects {
                    switch effect {
                    case .start(let serial):
                        alive.insert(serial)
                        let process = ProcessIdentity(pid: Int32(serial), startTime: 1, bootID: "x")
                        machine.noteStart(serial: serial, process: process, port: 1_000 + serial, now: now)
                    case .kill(let serial), .terminate(let serial): alive.remove(serial)
                    }
                }
                machine.noteSettled(goal: goal, spec: spec, interpreter: nil)
            }
        }
    }

    @Test("It creates, scales up and down in place, and ends")
    func life() {
        var world = World()
        world.step()
        #expect(world.status.state == .creating && world.ready.isEmpty)
        world.step()
        #expect(world.status.state == .succeeded && world.ready == [1])
        world.generation = 2
        world.spec.instanceCount = 3
        world.step()
        #expect(world.status.state == .scaling && world.ready == [1])
        world.step()
        #expect(world.status.state == .succeeded && world.ready == [1, 2, 3])
        world.generation = 3
        world.spec.instanceCount = 1
        world.step(4)
        #expect(world.status.state == .succeeded && world.alive == [1])
        world.isStopping = true
        world.step(4)
        #expect(world.status.instances.isEmpty && world.alive.isEmpty)
    }

    @Test("During an update the old ones serve until all new ones answer")
    func update() {
        var world = World()
        world.spec.instanceCount = 2
        world.step(3)
        world.generation = 2
        world.spec.modelDirectory = "/other"
        world.step(3, canStart: false)
        #expect(world.status.state == .updating && world.ready == [1, 2])
        world.step()
        #expect(world.ready == [1, 2] && world.alive == [1, 2, 3, 4])
        world.step()
        #expect(world.ready == [3, 4] && world.status.instances.filter(\.isPublished).map(\.serial) == [3, 4])
        world.step(3)
        #expect(world.alive == [3, 4] && world.status.state == .succeeded)
    }

    @Test("One that served and died comes back at its place at once")
    func restart() {
        var world = World()
        world.step(3)
        let port = world.status.instances.first?.port
        world.alive.remove(1)
        world.step()
        #expect(world.effects == [.start(serial: 1)] && world.status.state == .succeeded)
        world.step()
        #expect(world.ready == [1] && world.status.instances.first?.port == port)
    }

    @Test("Three ends in a row are a failure that is told; it goes on trying, more and more rarely")
    func crashLoop() {
        var world = World()
        var starts = 0
        for _ in 0..<600 {
            world.step(after: .milliseconds(100))
            starts += world.effects.count
            world.alive = []
        }
        #expect(world.status.state == .failed && world.status.message == "Boom")
        #expect((5...9).contains(starts))
        world.generation = 2
        world.spec.modelDirectory = "/mended"
        world.step(3)
        #expect(world.status.state == .succeeded && world.status.message == nil)
    }

    @Test("A failing update leaves the old revision serving and brings it back when it dies")
    func failingUpdate() {
        var world = World()
        world.step(3)
        world.generation = 2
        world.spec.modelDirectory = "/broken"
        for _ in 0..<10 {
            world.step(after: .seconds(2))
            world.alive = world.alive.filter { $0 == 1 }
        }
        #expect(world.status.state == .failed && world.ready == [1])
        #expect(world.status.generation == 2)
        world.alive = []
        world.step(2, after: .seconds(40))
        #expect(world.status.instances.contains { $0.serial == 1 && $0.process != nil })
    }

    @Test("One that does not answer in time is ended, and so is one that stopped answering")
    func probes() {
        var world = World()
        world.answering = false
        world.step(2)
        world.step(after: .seconds(61))
        #expect(world.effects == [.kill(serial: 1)])
        world.step()
        #expect(world.status.instances.map(\.serial) == [2])
        world.answering = true
        world.step()
        #expect(world.ready == [2])
        world.answering = false
        world.step(3)
        #expect(world.effects == [.kill(serial: 2)])
    }

    @Test("What cannot get its environment fails with the reason and still serves the old")
    func environment() {
        var world = World()
        world.step(3)
        world.generation = 2
        world.spec.modelDirectory = "/new"
        world.step(canStart: false)
        world.machine.noteEnvironment(failure: "no such package")
        world.step(canStart: false)
        #expect(world.status.state == .failed && world.status.message == "no such package" && world.ready == [1])
        world.machine.noteEnvironment(failure: nil)
        world.step(3)
        #expect(world.status.state == .succeeded && world.ready == [2])
    }
}
