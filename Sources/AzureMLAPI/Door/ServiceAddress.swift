internal import Digest
internal import Workspace

/// Where the service is reached, and the names by which its parts are found there.
package struct ServiceAddress: Sendable {
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// The host and port of every URL.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    var base: String { "https://\(authority)" }

    /// The end of a storage account's host name, which is a path here: the client's library puts it behind the account.
    static let storageSuffix = "storage.local"

    /// Where the services beside the resource manager are.
    var services: JSONValue {
        let base = JSONValue.string(base)
        return [
            "api": base, "history": base, "experimentation": base, "modelmanagement": base, "pipelines": base,
            "studio": base, "notebooks": base, "catalog": base,
        ]
    }

    /// What describes the cloud to clients that ask by `ARM_CLOUD_METADATA_URL`.
    var cloud: JSONValue {
        [
            "name": "ReconcileLocal", "portal": "https://portal.reconcile.local", "resourceManager": .string(base),
            "authentication": [
                "loginEndpoint": .string("\(base)/login"), "audiences": [.string(base)],
                "tenant": .string(ServiceSecret.tenant), "identityProvider": "AAD",
            ],
            "suffixes": ["storage": .string(Self.storageSuffix), "keyVaultDns": "vault.local"],
            "graphAudience": .string("\(base)/graph"), "graph": .string("\(base)/graph"), "gallery": .string(base),
            "batch": .string("\(base)/batch"), "media": .string(base),
        ]
    }
}

/// The names of a workspace's storage: one account with one container for it, and one container for each upload of code.
struct StorageNames: Sendable {
    /// The account's short name.
    let account: String

    init(_ identity: WorkspaceIdentity) {
        let text = [identity.subscriptionID, identity.resourceGroup, identity.name].joined(separator: "\n").lowercased()
        account = "ws\(ContentDigest(of: text).prefix(16))"
    }

    /// The container of both datastores.
    var container: String { "azureml-\(account)" }

    /// The account as it stands in the path of a URL.
    var host: String { "\(account).blob.\(ServiceAddress.storageSuffix)" }

    /// What a datastore says its account is: the client makes `https://<this>.blob.<suffix>` of it.
    func accountName(_ address: ServiceAddress) -> String { "\(address.authority)/\(account)" }

    func url(_ address: ServiceAddress, container: String, blob: String = "") -> String {
        "\(address.base)/\(host)/\(container)" + (blob.isEmpty ? "" : "/\(blob)")
    }
}
