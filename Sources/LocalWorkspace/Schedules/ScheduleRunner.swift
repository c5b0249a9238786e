internal import AssetSchema
internal import Digest
internal import Glibc
internal import Subprocess
internal import TimeKeeping
internal import Workspace

/// Fires the schedules of one workspace, in a process of its own that outlives the controller.
package struct ScheduleRunner {
    let workspace: WorkspaceLayout
    let store: Store
    let clock: any WallClock
    let launcher: LocalWorkspace.Launcher
    private let started = StartedSupervisors()

    /// The hidden subcommand's name: `reconcile internal run-schedules STATE WORKSPACE`.
    package static let command = "run-schedules"
    /// How often it is looked whether one is due, or was changed.
    private static let period = Duration.seconds(1)
    /// What is later than this was missed while nothing ran, and is not made up for; neither does Azure ML.
    static let grace = TimeSpan(seconds: 60)

    init(workspace: WorkspaceLayout, store: Store, clock: any WallClock, launcher: LocalWorkspace.Launcher) {
        self.workspace = workspace
        self.store = store
        self.clock = clock
        self.launcher = launcher
    }

    /// Runs until there is no schedule to fire, or a signal comes.
    ///
    /// - Parameter arguments: the state directory and the workspace's folder.
    /// - Returns: the exit status.
    package static func main(_ arguments: [String]) async -> Int32 {
        guard arguments.count == 2, let identity = ProcessIdentity.current else { return 64 }
        let layout = WorkspaceLayout(state: StateLayout(root: arguments[0]), root: arguments[1])
        CancelSignal.install()
        do {
            let runner = ScheduleRunner(
                workspace: layout, store: try Store(layout), clock: SystemClock(), launcher: .current)
            guard try runner.store.claimSchedules(identity) else { return 0 }
            while !CancelSignal.isRaised, try !runner.store.releaseSchedules() {
                for line in try runner.fireDue() {
                    _ = Files.writeAll(Array("\(runner.clock.now()) \(line)\n".utf8), to: STDERR_FILENO)
                }
                try await Task.sleep(for: period)
            }
            return 0
        } catch {
            _ = Files.writeAll(Array("\(error)\n".utf8), to: STDERR_FILENO)
            return 1
        }
    }

    /// Makes the jobs that are due now; one for each schedule at most.
    ///
    /// - Returns: a line on each of them.
    func fireDue() throws -> [String] {
        let now = clock.now()
        var lines: [String] = []
        for schedule in try store.read({ try Store.resources($0, kind: .schedule) }) where schedule.isEnabledSchedule {
            var isDone = isStale(schedule, at: now)
            do {
                if let due = try due(schedule, at: now) {
                    // First the job, under a name that says when, and only then that it was made: killed between the
                    // two, the next asks for the same job and finds it.
                    lines.append("\(schedule.live.name) makes \(try fire(schedule, at: due))")
                    isDone = true
                }
            } catch let error as WorkspaceError {
                lines.append("\(schedule.live.name) cannot make its job: \(error.message)")
                // What may pass is tried again, as long as it is not too late.
                isDone = error.code != .unavailable
            }
            if isDone { try store.noteLook(at: schedule, until: now) }
        }
        return lines
    }

    /// Whether it was long ago that a look was noted; noting every one would write to the disk all the time.
    private func isStale(_ schedule: Store.Resource, at now: Timestamp) -> Bool {
        (now - (schedule.lookedAt ?? schedule.anchor)).seconds >= Self.grace.seconds / 3
    }

    /// The last moment at which a schedule was to fire, of those that nobody has looked at yet.
    func due(_ schedule: Store.Resource, at now: Timestamp) throws -> Timestamp? {
        let trigger = try Trigger(schedule.live.fields["trigger"])
        let looked = schedule.lookedAt ?? Timestamp(seconds: schedule.anchor.seconds - 1)
        var last = max(looked, Timestamp(seconds: now.seconds - Self.grace.seconds))
        var due: Timestamp?
        while let next = trigger.nextFire(after: last, anchor: schedule.anchor), next <= now {
            due = next
            last = next
        }
        return due
    }

    private func fire(_ schedule: Store.Resource, at moment: Timestamp) throws -> String {
        let (draft, content) = try ScheduledJob(
            schedule: schedule.live.name, fields: schedule.live.fields, tags: schedule.live.tags,
            content: schedule.content, store: store
        ).draft(firedAt: moment)
        if try store.job(draft.name) == nil {
            let submission = JobSubmission(store: store, content: ContentStore(workspace.state), clock: clock)
            try submission.check(draft)
            try submission.submit(draft, content: content)
        }
        try JobCare(store: store, layout: workspace, launcher: launcher, clock: clock, started: started)
            .startIfNew(draft.name)
        return draft.name
    }
}
