package import Approvals
package import DesiredState
package import TimeKeeping
package import Workspace

/// All that a plan is made of: what git says, what the workspaces say, what was approved, and what time it is.
package struct PlanningInput: Sendable {
    package var project: DesiredProject
    /// What each stage's workspace holds, by stage; a missing one means that nothing is there.
    package var live: [String: LiveState]
    /// The decisions on each stage's branch, by stage.
    package var ledgers: [String: Ledger]
    /// What happened in git since the commits that live objects were made from, by stage.
    package var history: [String: ChangeHistory]
    /// What is known of files by their blob, for those whose asset is new.
    package var facts: [String: FileFacts]
    package var now: Timestamp

    package init(
        project: DesiredProject, live: [String: LiveState] = [:], ledgers: [String: Ledger] = [:],
        history: [String: ChangeHistory] = [:], facts: [String: FileFacts] = [:], now: Timestamp
    ) {
        self.project = project
        self.live = live
        self.ledgers = ledgers
        self.history = history
        self.facts = facts
        self.now = now
    }
}

/// What lies in git between commits that live objects came from and the commit that is planned.
package struct ChangeHistory: Sendable, Equatable {
    /// What changed since one commit.
    package struct Since: Sendable, Equatable {
        package var paths: [String]
        /// E-mail addresses of those who changed what the stage's assets are made of.
        package var authors: [String]

        package init(paths: [String], authors: [String]) {
            self.paths = paths
            self.authors = authors
        }
    }

    /// By commit id.
    package var since: [String: Since]
    /// The authors of everything, for what has no earlier commit to compare with.
    package var allAuthors: [String]

    package init(since: [String: Since] = [:], allAuthors: [String] = []) {
        self.since = since
        self.allAuthors = allAuthors
    }
}

/// What a data file holds, as far as a plan's reader wants to know.
package struct FileFacts: Sendable, Equatable {
    package var bytes: Int
    /// Lines after the header, for text.
    package var rows: Int?

    package init(bytes: Int, rows: Int?) {
        self.bytes = bytes
        self.rows = rows
    }
}
