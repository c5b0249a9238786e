import AzureMLAPI
import CommandLine
import Diagnostics
import FoundationEssentials
import HTTPServer
import LocalWorkspace
import Subprocess
import TimeKeeping
import Workspace

/// `reconcile workspace serve` and `reconcile workspace env`: the REST API of Azure ML over embedded workspaces.
struct ServeCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    // MARK: - serve

    func serve() async throws -> Int32 {
        let invocation = context.invocation
        guard let port = UInt16(invocation.value("port") ?? "8443") else {
            throw invocation.usageError("The value of '--port' is no number of a port.")
        }
        let host = invocation.value("host") ?? "127.0.0.1"
        let state = try context.stateDirectory
        let folder = ServiceFolder(stateDirectory: state)
        try folder.prepare()
        let named = try await workspaces()
        let all = LocalWorkspaces(stateDirectory: state, isReadOnly: false)
        let service = AzureMLService(
            address: ServiceAddress(host: host, port: port), listing: { named }
        ) { identity in
            // A workspace is there when it was named, or has been used before; asking for others makes none.
            let workspace = all.local(identity)
            let isThere = FileManager.default.fileExists(atPath: workspace.layout.database)
            return named.contains(identity) || isThere ? workspace : nil
        }
        let server = try HTTPServer.start(
            host: host, port: port, tls: try await folder.certificate(host: host, now: context.clock.now().seconds),
            limits: try Self.limits(folder)
        ) { await service.answer($0) }
        service.announce(port: server.port)
        try folder.note(
            ServiceFolder.Session(
                base: service.base, identityHeader: service.identityHeader, process: ProcessIdentity.current))
        defer { folder.forget() }
        say(named, at: service.base)
        do {
            while true { try await Task.sleep(for: .seconds(86_400)) }
        } catch {
            await server.stop()
            return 0
        }
    }

    private static func limits(_ folder: ServiceFolder) throws -> HTTPServer.Limits {
        var limits = HTTPServer.Limits()
        // Uploads arrive on the file system of the workspaces, so that taking one over is renaming it.
        limits.uploadFolder = "\(folder.path)/uploads"
        try? FileManager.default.removeItem(atPath: limits.uploadFolder)
        try FileManager.default.createDirectory(atPath: limits.uploadFolder, withIntermediateDirectories: true)
        limits.bodyLimit = { _, path in path.contains(".blob.") ? 5 << 30 : 16 << 20 }
        return limits
    }

    private func say(_ identities: [WorkspaceIdentity], at base: String) {
        guard !context.isQuiet else { return }
        for identity in identities {
            context.console.print(
                "Serving \(DisplayText.escaped(identity.subscriptionID))/\(DisplayText.escaped(identity.resourceGroup))"
                    + "/\(DisplayText.escaped(identity.name)) at \(base)")
        }
        context.console.print(
            "In another shell:  eval \"$(reconcile workspace env)\"\nThen Azure's clients, unchanged, talk to it. Ctrl-C ends it."
        )
    }

    /// The workspaces that the command line names: one, or those of the project's stages, or one made for trying things.
    private func workspaces() async throws -> [WorkspaceIdentity] {
        if let text = context.invocation.argument("workspace") {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            if parts.count == 3, !parts.contains("") {
                return [WorkspaceIdentity(subscriptionID: parts[0], resourceGroup: parts[1], name: parts[2])]
            }
            guard parts.count == 1 else {
                throw context.invocation.usageError("'\(text)' is neither SUBSCRIPTION/GROUP/NAME nor a stage.")
            }
            let all = try await WorkspaceSelection(context, isReadOnly: true).workspaces
            guard let found = all.first(where: { $0.stage == text || $0.workspace.identity.name == text }) else {
                throw CommandFailure("no stage '\(DisplayText.escaped(text))' has an embedded workspace")
            }
            return [found.workspace.identity]
        }
        if let selection = try? await WorkspaceSelection(context, isReadOnly: true) {
            return selection.workspaces.map(\.workspace.identity)
        }
        return [
            WorkspaceIdentity(
                subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "local", name: "local")
        ]
    }

    // MARK: - env

    func environment() throws -> Int32 {
        let folder = ServiceFolder(stateDirectory: try context.stateDirectory)
        guard let session = folder.session() else {
            throw CommandFailure("no service runs here", hint: "'reconcile workspace serve' starts one")
        }
        let variables = [
            ("ARM_CLOUD_METADATA_URL", "\(session.base)/metadata/endpoints?api-version=2019-05-01"),
            ("IDENTITY_ENDPOINT", "\(session.base)/msi/token"), ("IDENTITY_HEADER", session.identityHeader),
            ("REQUESTS_CA_BUNDLE", folder.bundle),
        ]
        for (name, value) in variables { context.console.print("export \(name)=\(Self.quoted(value))") }
        return 0
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
