internal import AzureMLWire
internal import Digest
internal import FoundationEssentials
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

extension RouteTable {
    /// Code snapshots: known by the hash of their content, whatever name a client asks under.
    mutating func addCodes() {
        add("GET", "/codes") { call in call.page([]) }
        add("GET", "/codes/:name/versions") { call in
            let codes = try call.served.catalog.records("code")
            guard let hash = call.request.query("hash") else {
                return call.page(
                    codes.filter { $0.name.hasPrefix("\(call["name"]):") }.map { Codes(call: call).resource($0) })
            }
            return call.page(
                codes.filter { $0.body["properties"]?["hash_sha256"]?.stringValue == hash }
                    .map { Codes(call: call).resource($0) })
        }
        add("GET", "/codes/:name/versions/:version") { call in
            guard let code = try call.served.catalog.record("code", "\(call["name"]):\(call["version"])") else {
                throw APIError.notFound("code \(call["name"]):\(call["version"])")
            }
            return call.json(Codes(call: call).resource(code))
        }
        add("PUT", "/codes/:name/versions/:version") { call in try Codes(call: call).put() }
        add("POST", "/codes/:name/versions/:version/startPendingUpload") { call in
            call.json(Codes(call: call).pendingUpload())
        }
        for collection in ["data", "models", "environments"] {
            add("POST", "/\(collection)/:name/versions/:version/startPendingUpload") { call in
                call.json(Codes(call: call).pendingUpload())
            }
        }
    }
}

private struct Codes {
    let call: Call

    func resource(_ code: Catalog.Record) -> JSONValue {
        let parts = code.name.split(separator: ":", maxSplits: 1).map(String.init)
        var properties = code.body
        properties["isAnonymous"] = properties["isAnonymous"] ?? true
        properties["isArchived"] = properties["isArchived"] ?? false
        properties["provisioningState"] = "Succeeded"
        return call.served.resource(
            call.served.path.id("codes", parts.first ?? "", "versions", parts.last ?? ""), type: "codes/versions",
            properties, createdAt: Timestamp(seconds: code.createdAt).description)
    }

    func put() throws -> HTTPResponse {
        let name = "\(call["name"]):\(call["version"])"
        guard AssetName(name)?.name == call["name"] else {
            throw APIError(400, "UserError", "'\(call["name"])' is no name for code.")
        }
        let properties = try call.body()["properties"] ?? [:]
        let present = try call.served.catalog.record("code", name)
        if let present, present.body["codeUri"] != properties["codeUri"] {
            throw APIError(400, "UserError", "Asset paths cannot be updated.")
        }
        try call.served.catalog.put("code", name, .object(properties.present), at: call.now.seconds)
        guard let made = try call.served.catalog.record("code", name) else { throw APIError.notFound("code \(name)") }
        return call.json(resource(made), status: present == nil ? 201 : 200)
    }

    /// A container of its own for the upload, with a URL that opens it for a day.
    func pendingUpload() -> JSONValue {
        let served = call.served
        let container = "upload-\(UUID().uuidString.lowercased())"
        let url = served.storage.url(served.address, container: container)
        let query = call.service.signature(served).containerQuery(
            container, permissions: "racwdl", until: Timestamp(seconds: call.now.seconds + 86_400))
        return [
            "pendingUploadId": .string(container), "pendingUploadType": "TemporaryBlobReference",
            "blobReferenceForConsumption": [
                "blobUri": .string(url), "storageAccountArmId": .string(served.storage.account),
                "credential": ["credentialType": "SAS", "sasUri": .string("\(url)?\(query)")],
            ],
        ]
    }
}

extension ServedWorkspace {
    /// The files of a snapshot, wherever the client has put them.
    func files(ofCode reference: String) async throws -> FileSet {
        guard let name = AssetName(reference), let code = try catalog.record("code", "\(name.name):\(name.version)"),
            let uri = code.body["codeUri"]?.stringValue
        else { throw APIError(400, "UserError", "There is no code \(reference).") }
        guard let files = try await files(at: uri) else {
            throw APIError(400, "UserError", "The code \(reference) was never uploaded.")
        }
        return files
    }
}
