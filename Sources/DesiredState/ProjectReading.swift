package import Diagnostics
internal import Git

/// A project as read, with what it takes to show its findings and to explain its values.
package struct ProjectReading: Sendable {
    package let project: DesiredProject
    private let snapshots: [String: Snapshot]
    let sources: [String: StageSources]
    private let home: ProjectTree?

    init(project: DesiredProject, snapshots: [String: Snapshot], sources: [String: StageSources], home: ProjectTree?) {
        self.project = project
        self.snapshots = snapshots
        self.sources = sources
        self.home = home
    }

    /// The text of a file as the stage sees it, for messages that show lines of it.
    package func text(of path: String, stage: String? = nil) -> String? {
        let trees = [stage.flatMap { snapshots[$0]?.tree }, home].compactMap { $0 } + snapshots.values.map(\.tree)
        for tree in trees {
            guard let file = tree.file(path), file.kind.isFile, let bytes = try? tree.read(file) else { continue }
            return String(decoding: bytes, as: UTF8.self)
        }
        return nil
    }

    /// Everything that was found, the project's first, each finding once: two stages often share a file.
    package var diagnostics: Diagnostics {
        Diagnostics(project.diagnostics + project.stages.flatMap(\.diagnostics)).unique().sorted()
    }

    /// Whether the project has stage files, sound or not.
    package var hasStageFiles: Bool {
        home?.files(below: StageDiscovery.folder).contains { $0.path.hasSuffix(".yml") || $0.path.hasSuffix(".yaml") }
            ?? false
    }

    /// Whether nothing stands in the project yet but what a new repository is made with.
    package var isEmpty: Bool {
        let names = ["README", "LICENSE", "CONTRIBUTING", "CODE_OF_CONDUCT", "SECURITY"]
        return home?.files.allSatisfy { file in
            !file.path.contains("/") && (file.path.hasPrefix(".") || names.contains { file.path.hasPrefix($0) })
        } ?? true
    }

    /// Whether the project has files of assets, as far as its default branch tells.
    package var hasAssets: Bool {
        home.map { !AssetDiscovery(tree: $0, stages: []).discover().files.isEmpty } ?? false
    }

    /// All findings as a compiler prints them; empty when there are none.
    package func renderedDiagnostics(usesColor: Bool = false) -> String {
        var result: [Diagnostic: String] = [:]
        for stage in project.stages {
            let renderer = DiagnosticRenderer(usesColor: usesColor) { text(of: $0, stage: stage.name) }
            for diagnostic in stage.diagnostics where result[diagnostic] == nil {
                result[diagnostic] = renderer.render(diagnostic)
            }
        }
        let renderer = DiagnosticRenderer(usesColor: usesColor) { text(of: $0) }
        let all = diagnostics
        guard !all.isEmpty else { return "" }
        return all.map { result[$0] ?? renderer.render($0) }.joined() + all.summary + "\n"
    }
}
