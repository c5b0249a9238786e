internal import AssetSchema
internal import Digest
internal import Glibc
internal import Subprocess
internal import TimeKeeping
internal import Workspace

extension LocalWorkspace {
    /// Schedules, computes and datastores as they were put.
    func liveResources(_ store: Store) throws -> [LiveResource] {
        let resources = try store.read { try Store.resources($0) }
        if !isReadOnly, resources.contains(where: \.isEnabledSchedule) { try startSchedules(store) }
        return resources.map(\.live)
    }

    func put(_ draft: ResourceDraft, _ provider: any ContentProvider) async throws -> OperationOutcome {
        let definition = draft.definition
        var message: String?
        switch definition.kind {
        case .schedule: message = try checkSchedule(draft)
        case .compute, .datastore: break
        default: throw WorkspaceError(.invalid, "a \(definition.kind.title) is not put as a resource")
        }
        let store = try store()
        try store.put(draft, content: try await keep(draft.content, provider), at: clock.now())
        if try store.read({ try Store.resources($0, kind: .schedule) }).contains(where: \.isEnabledSchedule) {
            try startSchedules(store)
        }
        return OperationOutcome(message: message)
    }

    /// Says before anything is kept why a schedule cannot be run.
    ///
    /// - Returns: a sentence on what of it this workspace does not do, or does as Azure ML does.
    private func checkSchedule(_ draft: ResourceDraft) throws -> String? {
        let fields = draft.definition.fields
        let name = draft.definition.name
        let trigger = try Trigger(fields["trigger"])
        guard fields["create_job"] != nil else {
            return "the schedule \(name) is kept, but the embedded workspace does not run it: "
                + "it makes jobs, and no monitors or imports of data"
        }
        let submission = JobSubmission(store: try store(), content: content, clock: clock)
        let job = ScheduledJob(
            schedule: name, fields: fields, tags: draft.tags, content: [:], store: submission.store)
        try submission.check(try job.draft(firedAt: clock.now()).draft)
        if case .cron(let cron) = trigger.form, cron.hasIgnoredFields {
            return "the schedule \(name) fires on every day of every month that its other fields allow, "
                + "since Azure ML takes days and months of a cron expression for *"
        }
        return nil
    }

    /// Starts the process that fires schedules, unless it lives.
    private func startSchedules(_ store: Store) throws {
        guard try store.scheduleRunner() == nil, !startedSchedules.isAlive(ScheduleRunner.command) else { return }
        let log = "\(layout.root)/schedules.log"
        do {
            let process = try DetachedProcess.spawn(
                launcher.arguments + [ScheduleRunner.command, layout.state.root, layout.root],
                environment: launcher.environment, workingDirectory: layout.root, standardOutput: log,
                standardError: log)
            startedSchedules.note(ScheduleRunner.command, process)
        } catch {
            throw WorkspaceError(.broken, "the schedules' process cannot be started: \(error.message)")
        }
    }

    /// Ends the process that fires schedules; the next look at the workspace starts it again.
    package func stopSchedules() throws {
        try existingStore()?.scheduleRunner()?.signal(SIGTERM)
    }
}
