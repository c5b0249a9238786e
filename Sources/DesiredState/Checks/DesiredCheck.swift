package import AssetSchema
package import Diagnostics
package import Digest

/// Something that must pass before a stage takes a commit: a command on the commit's files, in the training environment.
package struct DesiredCheck: Sendable, Equatable {
    /// What is run.
    package enum Command: Sendable, Hashable {
        /// A program and its arguments.
        case arguments([String])
        /// A shell's text.
        case script(String)
    }

    /// Where the command leaves its results, as paths below the project's folder.
    package struct Reports: Sendable, Hashable {
        package var junit: String?
        package var coverage: String?

        package init(junit: String? = nil, coverage: String? = nil) {
            self.junit = junit
            self.coverage = coverage
        }
    }

    package var name: String
    package var command: Command
    package var timeoutSeconds: Int
    package var reports: Reports
    /// Exit statuses beside 0 that mean that nothing is wrong.
    package var acceptedStatuses: [Int]
    /// A job's `environment`, with its files by the job's fields.
    package var environment: JSONValue
    package var environmentContent: [String: ContentTree]
    /// The environment asset that it is, by which a stage may replace it.
    package var environmentName: String?
    /// Packages installed beside the environment's own.
    package var packages: [String]
    /// Where it runs, when the training job says so.
    package var compute: JSONValue?
    /// The project's files that it is run on.
    package var code: ContentTree
    /// Folders that Python finds modules in, from the project's.
    package var codeFolders: [String]
    /// The digest of all that decides the outcome: the code and its tests, the command, the environment.
    package var key: ContentDigest
    package var source: SourceLocation

    package init(
        name: String, command: Command, timeoutSeconds: Int = 1800, reports: Reports = Reports(),
        acceptedStatuses: [Int] = [], environment: JSONValue, environmentContent: [String: ContentTree] = [:],
        environmentName: String? = nil, packages: [String] = [], compute: JSONValue? = nil, code: ContentTree,
        codeFolders: [String] = [], key: ContentDigest, source: SourceLocation
    ) {
        self.name = name
        self.command = command
        self.timeoutSeconds = timeoutSeconds
        self.reports = reports
        self.acceptedStatuses = acceptedStatuses
        self.environment = environment
        self.environmentContent = environmentContent
        self.environmentName = environmentName
        self.packages = packages
        self.compute = compute
        self.code = code
        self.codeFolders = codeFolders
        self.key = key
        self.source = source
    }
}
