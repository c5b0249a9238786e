package import Subprocess
import Workspace

/// Decides what a deployment's supervisor does next: pure, from what is wanted, what was seen and the time.
package struct DeploymentMachine: Sendable {
    /// What is wanted.
    package struct Goal: Sendable, Equatable {
        package var generation: Int
        package var revision: String
        package var count: Int
        package var isStopping: Bool
        package var startLimit: Duration
        package var livenessThreshold: Int
        package var grace: Duration
    }

    /// What was seen of one instance.
    package struct Sight: Sendable, Equatable {
        package var isAlive: Bool
        /// The answer to a probe, if one was due.
        package var answered: Bool?
        /// The last thing it said, when it is dead.
        package var lastWords: String?
    }

    package enum Effect: Sendable, Equatable {
        /// Start a process for a place that is there already.
        case start(serial: Int)
        case terminate(serial: Int)
        case kill(serial: Int)
    }

    private struct Memory: Sendable {
        var startedAt: Duration
        var readyAt: Duration?
        var failures = 0
        var terminatedAt: Duration?
        var drainingSince: Duration?
        var isKilled = false
    }

    package private(set) var status: DeploymentStatus
    private var memory: [Int: Memory] = [:]
    private var crashes = 0
    private var restAt: Duration = .zero
    private var lastFailure: String?
    private var seenGeneration: Int?

    /// How many ends in a row make a deployment `Failed`; it goes on trying, at longer and longer intervals.
    private static let crashLimit = 3
    /// An instance that served this long has proved that it can.
    private static let provenAfter = Duration.seconds(30)
    /// How long the proxy's old workers may hold on to an instance that is to end.
    static let drainLimit = Duration.seconds(25)

    package init(_ status: DeploymentStatus) { self.status = status }

    /// Notes a process that was started, or that it could not be.
    package mutating func noteStart(serial: Int, process: ProcessIdentity?, port: Int, now: Duration) {
        guard let index = index(serial) else { return }
        status.instances[index].process = process
        status.instances[index].port = port
        memory[serial] = Memory(startedAt: now)
        if process == nil { fail("the scoring process cannot be started", now: now, index: index) }
    }

    /// Notes that the environment cannot be made, or nil when it can again.
    package mutating func noteEnvironment(failure: String?) {
        if let failure {
            lastFailure = failure
            crashes = max(crashes, Self.crashLimit)
        } else {
            lastFailure = nil
            crashes = 0
        }
    }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - sights: What was seen, by serial.
    ///   - canStart: Whether the wanted revision's environment is there.
    ///   - isProxySettled: Whether no worker of the proxy knows what was withdrawn from it.
    ///   - now: The time on a clock that only goes forward.
    package mutating func step(
        goal: Goal, sights: [Int: Sight], canStart: Bool, isProxySettled: Bool, now: Duration
    ) -> [Effect] {
        var effects: [Effect] = []
        if seenGeneration != goal.generation {
            // What was wrong with the last request need not be wrong with this one.
            if seenGeneration != nil { (crashes, restAt, lastFailure) = (0, .zero, nil) }
            seenGeneration = goal.generation
        }
        for serial in status.instances.map(\.serial) {
            observe(serial, sights[serial] ?? Sight(isAlive: false), goal, now, &effects)
        }
        withdraw(goal, now)
        startMissing(goal, canStart: canStart, now, &effects)
        endDrained(goal, isProxySettled: isProxySettled, now, &effects)
        judge(goal)
        return effects
    }

    /// The provisioning state once the proxy knows the instances that are ready.
    package mutating func noteSettled(goal: Goal, spec: OnlineDeploymentSpec, interpreter: String?) {
        guard !goal.isStopping, isComplete(goal) else { return }
        status.state = .succeeded
        status.message = nil
        status.generation = goal.generation
        status.serving = spec
        status.servingInterpreter = interpreter
    }

    /// Whether nothing is to be done but to watch.
    package func isSteady(_ goal: Goal) -> Bool { isComplete(goal) && status.state == .succeeded }

    private func index(_ serial: Int) -> Int? { status.instances.firstIndex { $0.serial == serial } }

    private mutating func observe(
        _ serial: Int, _ sight: Sight, _ goal: Goal, _ now: Duration, _ effects: inout [Effect]
    ) {
        guard let index = index(serial), status.instances[index].process != nil else { return }
        let instance = status.instances[index]
        var known = memory[serial] ?? Memory(startedAt: now, readyAt: instance.phase == .ready ? now : nil)
        defer { if self.index(serial) != nil { memory[serial] = known } }
        guard sight.isAlive else {
            if instance.phase == .draining {
                status.instances.remove(at: index)
                return
            }
            let isProven = known.readyAt.map { now - $0 >= Self.provenAfter } ?? false
            if isProven { crashes = 0 }
            let reason = known.isKilled ? lastFailure : sight.lastWords
            fail(reason ?? "the scoring process ended without a word", now: now, index: index)
            return
        }
        switch (instance.phase, sight.answered) {
        case (.starting, true?):
            status.instances[index].phase = .ready
            status.instances[index].wasReady = true
            known.readyAt = now
            known.failures = 0
        case (.starting, _) where now - known.startedAt > goal.startLimit && !known.isKilled:
            lastFailure = "the scoring process did not answer within \(goal.startLimit.components.seconds) s"
            known.isKilled = true
            effects.append(.kill(serial: serial))
        case (.ready, true?): known.failures = 0
        case (.ready, false?):
            known.failures += 1
            if known.failures >= goal.livenessThreshold && !known.isKilled {
                lastFailure = "the scoring process no longer answered its liveness probe"
                known.isKilled = true
                effects.append(.kill(serial: serial))
            }
        default: break
        }
    }

    /// Notes an end that nobody asked for.
    ///
    /// A place that has served is kept, so that the proxy needs no new configuration.
    private mutating func fail(_ reason: String, now: Duration, index: Int) {
        crashes += 1
        lastFailure = reason
        let doubled = crashes <= 1 ? 0 : 500 << min(crashes - 2, 6)
        restAt = now + .milliseconds(min(doubled, 30_000))
        let isFirst = crashes <= Self.crashLimit
        if status.instances[index].wasReady && isFirst {
            status.instances[index].phase = .starting
            status.instances[index].process = nil
        } else {
            // Its port may be why: the next one gets another.
            memory[status.instances[index].serial] = nil
            status.instances.remove(at: index)
        }
    }

    /// Takes away what is too much: after an update the old, when scaled down the newest.
    private mutating func withdraw(_ goal: Goal, _ now: Duration) {
        let wanted = status.instances.filter { $0.revision == goal.revision && $0.phase != .draining }
        let isReplaced = wanted.count { $0.phase == .ready } >= goal.count
        var surplus = goal.isStopping ? wanted.count : max(0, wanted.count - goal.count)
        for instance in wanted.sorted(by: {
            ($0.phase == .ready ? 0 : 1, $0.serial) > ($1.phase == .ready ? 0 : 1, $1.serial)
        })
        where surplus > 0 {
            surplus -= 1
            drain(instance.serial, now)
        }
        for instance in status.instances where instance.revision != goal.revision && instance.phase != .draining {
            if goal.isStopping || isReplaced || !instance.wasReady { drain(instance.serial, now) }
        }
    }

    private mutating func drain(_ serial: Int, _ now: Duration) {
        guard let index = index(serial) else { return }
        guard status.instances[index].process != nil else {
            status.instances.remove(at: index)
            return
        }
        status.instances[index].phase = .draining
        var known = memory[serial] ?? Memory(startedAt: now)
        known.drainingSince = now
        memory[serial] = known
    }

    private mutating func startMissing(_ goal: Goal, canStart: Bool, _ now: Duration, _ effects: inout [Effect]) {
        guard !goal.isStopping, now >= restAt else { return }
        for instance in status.instances where instance.process == nil && instance.phase != .draining {
            let isOurs = instance.revision == goal.revision ? canStart : status.serving?.revision == instance.revision
            if isOurs { effects.append(.start(serial: instance.serial)) }
        }
        guard canStart else { return }
        let places = status.instances.count { $0.revision == goal.revision && $0.phase != .draining }
        // While they keep ending, one at a time is enough to see whether the next does better.
        let due = min(goal.count - places, crashes > 0 ? 1 : goal.count)
        for _ in 0..<max(0, due) {
            let serial = status.nextSerial
            status.nextSerial += 1
            status.instances.append(.init(serial: serial, revision: goal.revision, port: 0))
            effects.append(.start(serial: serial))
        }
    }

    private mutating func endDrained(
        _ goal: Goal, isProxySettled: Bool, _ now: Duration, _ effects: inout [Effect]
    ) {
        for instance in status.instances where instance.phase == .draining {
            guard var known = memory[instance.serial] else {
                memory[instance.serial] = Memory(startedAt: now, drainingSince: now)
                continue
            }
            let waited = now - (known.drainingSince ?? now)
            if let terminated = known.terminatedAt {
                guard now - terminated > goal.grace, !known.isKilled else { continue }
                known.isKilled = true
                effects.append(.kill(serial: instance.serial))
            } else if (isProxySettled && waited > .zero) || !instance.wasReady || waited > Self.drainLimit {
                // In the step that withdrew it the proxy has not heard of it yet.
                known.terminatedAt = now
                effects.append(.terminate(serial: instance.serial))
            }
            memory[instance.serial] = known
        }
    }

    private func isComplete(_ goal: Goal) -> Bool {
        let present = status.instances.filter { $0.phase != .draining }
        return present.count == goal.count && present.allSatisfy { $0.revision == goal.revision && $0.phase == .ready }
    }

    private mutating func judge(_ goal: Goal) {
        if goal.isStopping {
            status.state = .deleting
        } else if crashes >= Self.crashLimit && !isComplete(goal) {
            status.state = .failed
            status.generation = goal.generation
            status.message = lastFailure
        } else if status.generation != goal.generation || status.state != .succeeded {
            if status.generation == goal.generation && status.state == .failed && !isComplete(goal) { return }
            status.message = nil
            guard let serving = status.serving else {
                status.state = .creating
                return
            }
            status.state = serving.revision == goal.revision ? .scaling : .updating
        }
    }
}
