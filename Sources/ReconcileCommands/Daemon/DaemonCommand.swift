import CommandLine
import Controller
import HTTPServer
import Planning
import Server
import Telemetry
import TimeKeeping

/// `reconcile daemon`: the loop that follows the branches.
struct DaemonCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        let invocation = context.invocation
        guard let interval = TimeSpan(invocation.value("interval") ?? "30s"), interval >= TimeSpan(seconds: 1) else {
            throw invocation.usageError(
                "The value of '--interval' is no span of time of at least a second, such as 30s.")
        }
        let session = try await Session.open(context, isReadOnly: false)
        let format: LogFormat = invocation.value("log-format") == "json" ? .json : .logfmt
        let logger = Logger(
            sink: LineSink(
                format: format, timestamp: { [clock = context.clock] in clock.now().description },
                output: { StandardError.write($0) }), level: context.isVerbose ? .debug : .info)
        let status = ControllerServer()
        let server = try await listen(status, invocation, logger)
        let reconciler = Reconciler(
            looking: session.observer, workspaces: session.workspaces, journal: session.journal, clock: context.clock,
            pause: { try await Task.sleep(for: $0) }, watch: { Self.log($0, logger) })
        let watcher = ChangeWatcher(session.source, interval: .seconds(interval.seconds))
        let daemon = Daemon(
            reconciler: reconciler, changes: try watcher.changes(), interval: .seconds(interval.seconds),
            clock: context.clock, logger: logger, report: { status.note($0) })
        logger.info("daemon started", ["repository": .string(session.source.name), "interval": .string("\(interval)")])
        let first = try await session.observer.look()
        try await daemon.run(stages: try session.stageNames(of: first, context))
        await server?.stop()
        logger.info("daemon stopped")
        return 0
    }

    private func listen(
        _ status: ControllerServer, _ invocation: Invocation, _ logger: Logger
    ) async throws -> HTTPServer? {
        guard let address = invocation.value("listen") else { return nil }
        guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
            throw invocation.usageError("The value '\(address)' is invalid for '--listen': expected HOST:PORT.")
        }
        let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
        let server = try HTTPServer.start(host: host.isEmpty ? "127.0.0.1" : String(host), port: port) {
            await status.handle($0)
        }
        logger.info("listening", ["address": .string("\(host):\(server.port)")])
        return server
    }

    private static func log(_ event: ReconcileEvent, _ logger: Logger) {
        switch event {
        case .planned(let plan, let took):
            logger.debug(
                "planned",
                [
                    "plan.due": .integer(plan.due.count), "plan.actions": .integer(plan.actions.count),
                    "plan.seconds": .number(took / .seconds(1)),
                ])
        case .idle(let took):
            logger.debug("idle", ["look.seconds": .number(took / .seconds(1))])
        case .started(let action): logger.debug("action started", fields(action))
        case .finished(let action, let message, let took):
            let seconds: LogFields = ["action.seconds": .number(took / .seconds(1))]
            let said = message.map { ["action.message": .string($0)] as LogFields } ?? [:]
            logger.with(fields(action)).info("action done", seconds.merging(said))
        case .failed(let action, let message, let retry):
            logger.with(fields(action)).error(
                "action failed", ["error": .string(message), "action.retried": .bool(retry != nil)])
        case .waiting(let actions):
            logger.debug("waiting", ["plan.waiting": .integer(actions.count)])
        case .unreachable(let stage, let message):
            logger.error("workspace unreachable", ["stage": .string(stage), "error": .string(message)])
        }
    }

    private static func fields(_ action: PlanAction) -> LogFields {
        [
            "action.id": .string(action.id), "action.verb": .string(action.verb.rawValue),
            "action.reason": .string(action.reason),
        ]
    }
}
