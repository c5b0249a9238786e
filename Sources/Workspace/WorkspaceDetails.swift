package import AssetSchema
package import Digest

/// A workspace whose files, logs and keys can be had too: what somebody who serves it to others needs.
package protocol WorkspaceDetails: Workspace {
    /// The folder of the workspace on this machine, in which whoever serves it may keep a file of their own.
    var folder: String { get }

    /// All versions of a kind of asset, in the order of their creation; of one name if given.
    func assets(_ kind: AssetKind, name: String?) async throws -> [LiveAsset]
    /// The files of a version by field pointer.
    func files(of kind: AssetKind, name: String, version: String) async throws -> [String: FileSet]

    /// A job with what it was asked to do; nil when there is none of that name.
    func job(_ name: String) async throws -> JobDetails?
    /// What a job has left so far, by place: `artifacts`, `user_logs`, `outputs.<name>`.
    func files(ofJob name: String) async throws -> [String: FileSet]
    /// All values that a run logged for each of its metrics, in order.
    func metricHistory(ofJob name: String) async throws -> [String: [MetricPoint]]

    /// The keys of an online endpoint.
    func keys(ofEndpoint name: String) async throws -> (primary: String, secondary: String)
    /// Replaces one of the two keys.
    func regenerateKey(ofEndpoint name: String, isPrimary: Bool) async throws
    /// The last lines that the instances of a deployment have printed.
    func logs(ofEndpoint endpoint: String, deployment: String, tail: Int) async throws -> String

    /// Keeps a copy of a file among the contents that the workspace knows; gives its SHA-256 and size.
    func keepContent(ofFileAt path: String) throws -> (sha256: String, size: Int64)
    /// Where a content stands, whether it is there or not.
    func contentPath(_ sha256: String) -> String
}

/// Files that a workspace holds: one, or a folder's.
package struct FileSet: Sendable, Equatable {
    /// One file.
    package struct File: Sendable, Equatable {
        /// The path inside the folder, or the file's own name.
        package var path: String
        /// Where its bytes stand on this machine.
        package var location: String
        package var size: Int64
        /// The SHA-256 of its bytes, when it is known without reading.
        package var sha256: String?

        package init(path: String, location: String, size: Int64, sha256: String? = nil) {
            self.path = path
            self.location = location
            self.size = size
            self.sha256 = sha256
        }
    }

    package var files: [File]
    /// Whether this is one file and not a folder.
    package var isFile: Bool

    package init(files: [File], isFile: Bool = false) {
        self.files = files
        self.isFile = isFile
    }
}

/// A job with what it was asked to do.
package struct JobDetails: Sendable, Equatable {
    package var live: LiveJob
    /// The fields it was submitted with.
    package var fields: JSONValue
    /// What it logged as parameters.
    package var params: [String: String]

    package init(live: LiveJob, fields: JSONValue, params: [String: String] = [:]) {
        self.live = live
        self.fields = fields
        self.params = params
    }
}

/// One logged value of a metric.
package struct MetricPoint: Sendable, Equatable {
    package var value: Double
    package var step: Int64
    /// Milliseconds since 1970.
    package var time: Int64

    package init(value: Double, step: Int64, time: Int64) {
        self.value = value
        self.step = step
        self.time = time
    }
}
