package import Workspace

/// The resource ids of one workspace, in the casing that Azure's clients parse.
package struct WorkspacePath: Sendable, Hashable {
    package let identity: WorkspaceIdentity

    package init(_ identity: WorkspaceIdentity) { self.identity = identity }

    /// The workspace's own id, which is also the path of its resources in the API.
    package var id: String {
        "/subscriptions/\(identity.subscriptionID)/resourceGroups/\(identity.resourceGroup)"
            + "/providers/Microsoft.MachineLearningServices/workspaces/\(identity.name)"
    }

    /// The id of something in the workspace: `id("models", "diabetes", "versions", "2")`.
    package func id(_ parts: String...) -> String { ([id] + parts).joined(separator: "/") }

    /// The id of a reference as CLI v2 writes it, `azureml:<name>:<version>`; what is no such reference stays.
    package func id(_ reference: String, of collection: String) -> String {
        guard let asset = AssetName(reference) else { return reference }
        return id(collection, asset.name, "versions", asset.version)
    }

    /// Where the files of a URI are in the datastores, when it names a job's output; else the URI itself.
    package func stored(_ uri: String) -> String {
        guard uri.hasPrefix("azureml://jobs/") || uri.hasPrefix("runs:/") else { return uri }
        let isRun = uri.hasPrefix("runs:/")
        let named = uri.dropFirst(isRun ? "runs:/".count : "azureml://jobs/".count)
        let parts = named.split(separator: "/").map(String.init)
        guard let job = parts.first, isRun || (parts.count >= 3 && parts[1] == "outputs") else { return uri }
        let rest = isRun ? parts.dropFirst() : parts.count > 3 && parts[3] == "paths" ? parts.dropFirst(4) : []
        guard isRun || ["artifacts", "default"].contains(parts[2]) else {
            return self.uri(
                datastore: "workspaceblobstore", path: (["azureml", job, parts[2]] + rest).joined(separator: "/"))
        }
        return self.uri(
            datastore: "workspaceartifactstore",
            path: (["ExperimentRun", "dcid.\(job)"] + rest).joined(separator: "/"))
    }

    /// The long form of a path in a datastore.
    package func uri(datastore: String, path: String) -> String {
        "azureml://subscriptions/\(identity.subscriptionID)/resourcegroups/\(identity.resourceGroup)"
            + "/workspaces/\(identity.name)/datastores/\(datastore)/paths/\(path)"
    }
}

/// A name with a version: `azureml:<name>:<version>`, or a resource id that ends in `/<kind>/<name>/versions/<version>`.
package struct AssetName: Sendable, Hashable {
    package var name: String
    package var version: String
    /// The collection that a resource id names, such as `environments`.
    package var collection: String?

    package init?(_ text: String) {
        var text = Substring(text)
        if text.hasPrefix("azureml://") { return nil }
        if text.hasPrefix("azureml:") { text = text.dropFirst("azureml:".count) }
        if text.hasPrefix("/") {
            let parts = text.split(separator: "/").map(String.init)
            guard parts.count >= 4, ["versions", "labels"].contains(parts[parts.count - 2]) else { return nil }
            // Some clients leave the scheme on the name.
            name = parts[parts.count - 3].replacingPrefix("azureml:", "")
            // The one label there is for components, `default`, is what others call latest.
            version = parts[parts.count - 2] == "labels" ? "@latest" : parts[parts.count - 1]
            collection = parts[parts.count - 4]
            return
        }
        // The first colon ends the name, so a version may hold one.
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        name = String(parts[0])
        version = String(parts[1])
    }

    /// The reference as CLI v2 writes it.
    package var reference: String { version == "@latest" ? "azureml:\(name)@latest" : "azureml:\(name):\(version)" }

    /// A resource id as the reference that definitions hold; what is no id of a version stays.
    package static func reference(_ text: String) -> String {
        guard text.hasPrefix("/") || text.hasPrefix("azureml:/"), !text.hasPrefix("azureml://") else { return text }
        return AssetName(text)?.reference ?? text
    }

    /// The last name of a resource id: a compute's, a datastore's.
    package static func last(_ text: String) -> String {
        String(text.split(separator: "/").last ?? "").replacingPrefix("azureml:", "")
    }
}

extension String {
    func replacingPrefix(_ prefix: String, _ replacement: String) -> String {
        hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
    }
}
