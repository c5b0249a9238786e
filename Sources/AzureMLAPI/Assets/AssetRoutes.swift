internal import AssetSchema
internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

/// Environments, data, models and components: containers, versions and what may change on them.
struct AssetRoutes: Sendable {
    let kind: AssetKind

    static let kinds: [AssetKind] = [.environment, .data, .model, .component]

    private var collection: String { AssetWire.collection(kind) }

    func add(to table: inout RouteTable) {
        table.add("GET", "/\(collection)") { call in try await containers(call) }
        table.add("GET", "/\(collection)/:name") { call in call.json(try await container(call)) }
        table.add("PUT", "/\(collection)/:name") { call in try await putContainer(call) }
        table.add("GET", "/\(collection)/:name/versions") { call in try await versions(call) }
        table.add("GET", "/\(collection)/:name/versions/:version") { call in
            guard let asset = try await version(call) else {
                throw APIError.notFound("\(kind.title) \(call.assetName):\(call["version"])")
            }
            return call.json(try await resource(asset, call))
        }
        table.add("PUT", "/\(collection)/:name/versions/:version") { call in try await put(call) }
        for path in ["/\(collection)/:name", "/\(collection)/:name/versions/:version"] {
            table.add("DELETE", path) { _ in
                throw APIError.notDone("Deleting a \(kind.title), which Azure's clients archive instead,")
            }
        }
    }

    // MARK: Reading

    private func version(_ call: Call) async throws -> LiveAsset? {
        try await call.served.workspace.assets(kind, name: call.assetName).first { $0.version == call["version"] }
    }

    private func resource(_ asset: LiveAsset, _ call: Call) async throws -> JSONValue {
        let served = call.served
        var uri: String?
        var conda: String?
        let path = asset.fields["path"]?.stringValue ?? asset.fields["build"]?["path"]?.stringValue
        if path?.contains(":/") != true || asset.fields["conda_file"]?.stringValue?.contains("\n") == false {
            let files = try await served.workspace.files(of: kind, name: asset.name, version: asset.version)
            if let file = files["conda_file"]?.files.first {
                conda = FileText.read(file.location)
            } else if let set = ServedWorkspace.main(files) {
                let folder = "assets/\(kind.rawValue)/\(asset.name)/\(asset.version)"
                let place = set.isFile ? "\(folder)/\(set.files.first?.path ?? "")" : folder
                uri = served.path.uri(datastore: "workspaceblobstore", path: place)
            }
        }
        return served.resource(
            served.path.id(collection, asset.name, "versions", asset.version), type: "\(collection)/versions",
            AssetWire.properties(asset, in: served.path, uri: uri, conda: conda),
            createdAt: asset.createdAt.description)
    }

    private func versions(_ call: Call) async throws -> HTTPResponse {
        let all = try await call.served.workspace.assets(kind, name: call.assetName)
        guard !all.isEmpty else { throw APIError.notFound("\(kind.title) \(call.assetName)") }
        var listed = all.filter { Self.isListed($0.isArchived, call) }
        // The service lists the newest first; creation is the only order there is here.
        listed.reverse()
        var items: [JSONValue] = []
        for asset in listed { items.append(try await resource(asset, call)) }
        return call.page(items)
    }

    private static func isListed(_ isArchived: Bool, _ call: Call) -> Bool {
        switch call.request.query("listViewType") {
        case "All"?: true
        case "ArchivedOnly"?: isArchived
        default: !isArchived
        }
    }

    // MARK: Containers

    private func containers(_ call: Call) async throws -> HTTPResponse {
        let all = Dictionary(grouping: try await call.served.workspace.assets(kind, name: nil), by: \.name)
        return call.page(
            all.sorted { $0.key < $1.key }.filter { !AssetWire.isAnonymous($0.key) }
                .filter { Self.isListed($0.value.allSatisfy(\.isArchived), call) }
                .map { container($0.key, $0.value, call) })
    }

    private func container(_ call: Call) async throws -> JSONValue {
        let versions = try await call.served.workspace.assets(kind, name: call.assetName)
        guard !versions.isEmpty else { throw APIError.notFound("\(kind.title) \(call.assetName)") }
        return container(call.assetName, versions, call)
    }

    private func container(_ name: String, _ versions: [LiveAsset], _ call: Call) -> JSONValue {
        let latest = versions.last { !$0.isArchived } ?? versions.last
        let next = (versions.compactMap { Int($0.version) }.max() ?? 0) + 1
        return call.served.resource(
            call.served.path.id(collection, name), type: collection,
            [
                "latestVersion": latest.map { .string($0.version) } ?? .null, "nextVersion": .string("\(next)"),
                "isArchived": .bool(versions.allSatisfy(\.isArchived)), "description": .null, "tags": [:],
                "properties": [:], "provisioningState": "Succeeded",
                "dataType": latest?.fields["type"] ?? .null,
            ], createdAt: versions.first?.createdAt.description ?? "")
    }

    private func putContainer(_ call: Call) async throws -> HTTPResponse {
        guard let isArchived = try call.body()["properties"]?["isArchived"]?.boolValue else {
            return call.json(try await container(call))
        }
        for asset in try await call.served.workspace.assets(kind, name: call.assetName)
        where asset.isArchived != isArchived {
            try await setArchived(asset, isArchived, call)
        }
        return call.json(try await container(call))
    }

    private func setArchived(_ asset: LiveAsset, _ isArchived: Bool, _ call: Call) async throws {
        try await call.served.perform(
            isArchived
                ? .archiveAsset(kind: kind, name: asset.name, version: asset.version)
                : .restoreAsset(kind: kind, name: asset.name, version: asset.version))
    }

    // MARK: Writing

    private func put(_ call: Call) async throws -> HTTPResponse {
        guard Self.isName(call.assetName), !call["version"].isEmpty, call["version"].utf8.count <= 255 else {
            throw APIError(400, "UserError", "'\(call.assetName)' is no name for a \(kind.title).")
        }
        let properties = try call.body()["properties"] ?? [:]
        if let present = try await version(call) { return try await update(present, properties, call) }
        let fields = AssetWire.fields(kind, properties)
        let tags = (properties["tags"]?.texts ?? [:])
        let made: String?
        if kind == .model {
            made = try await registerModel(fields, tags, call)
        } else {
            var contents = LocatedContents()
            var trees: [String: ContentTree] = [:]
            for (field, files) in try await files(fields, call) {
                trees[field] = try contents.add(files, keep: call.served.workspace.keepContent(ofFileAt:))
            }
            let definition = ResourceDefinition(
                kind: kind, name: call.assetName, version: call["version"], fields: fields)
            made = try await call.served.perform(
                .createAsset(AssetDraft(definition: definition, tags: tags, content: trees)), files: contents
            ).version
        }
        guard made == call["version"], let asset = try await version(call) else {
            throw APIError(
                409, "Conflict", "\(call.assetName) has the same content already, as version \(made ?? "unknown").")
        }
        if properties["isArchived"]?.boolValue == true { try await setArchived(asset, true, call) }
        return call.json(try await resource(asset, call), status: 201)
    }

    /// The files that a definition's fields point to in this workspace's storage.
    private func files(_ fields: JSONValue, _ call: Call) async throws -> [String: FileSet] {
        var result: [String: FileSet] = [:]
        let places = ["path": fields["path"]?.stringValue, "build.path": fields["build"]?["path"]?.stringValue]
        for case (let field, let uri?) in places {
            result[field] = try await call.served.files(at: uri)
        }
        if kind == .component, let code = fields["code"]?.stringValue, AssetName(code) != nil {
            result["code"] = try await call.served.files(ofCode: code)
        }
        return result
    }

    private func registerModel(_ fields: JSONValue, _ tags: [String: String], _ call: Call) async throws -> String? {
        let uri = fields["path"]?.stringValue ?? ""
        let definition = ResourceDefinition(
            kind: .model, name: call.assetName, version: call["version"], fields: fields)
        var draft = ModelDraft(definition: definition, tags: tags)
        if let job = ModelSource(uri) {
            guard let details = try await call.served.workspace.job(job.job) else {
                throw APIError(400, "UserError", "There is no job \(job.job), which \(uri) names.")
            }
            guard details.live.status == .completed else {
                throw APIError(
                    400, "UserError",
                    "The job \(job.job) is \(details.live.status.rawValue); its outputs are not final.")
            }
            if job.isArtifact {
                draft.job = job.job
                draft.artifactPath = job.path
                return try await call.served.perform(.registerModel(draft)).version
            }
        }
        guard let files = try await call.served.files(at: uri) else {
            throw APIError(400, "UserError", "There is nothing at \(uri) in this workspace.")
        }
        var contents = LocatedContents()
        draft.content = try contents.add(files, keep: call.served.workspace.keepContent(ofFileAt:))
        return try await call.served.perform(.registerModel(draft), files: contents).version
    }

    private func update(_ present: LiveAsset, _ properties: JSONValue, _ call: Call) async throws -> HTTPResponse {
        let known = try await resource(present, call)["properties"] ?? [:]
        for name in AssetWire.identity(kind) where kind != .component {
            guard let wanted = properties[name], !wanted.isNull else { continue }
            // A job's output may be named as it was, or as where its files are.
            let isPlace = name.hasSuffix("Uri") && wanted == present.fields["path"]
            guard isPlace || Self.isSame(wanted, known[name] ?? .null, name) else {
                throw APIError(
                    kind == .environment ? 409 : 400, kind == .environment ? "Conflict" : "UserError",
                    kind == .environment
                        ? "Environment \(present.name):\(present.version) is already registered and cannot be changed."
                        : "Asset paths cannot be updated.")
            }
        }
        let tags = properties["tags"]?.texts ?? [:]
        try await call.served.perform(
            .updateAssetMetadata(
                kind: kind, name: present.name, version: present.version,
                description: properties["description"]?.stringValue, tags: tags))
        if let isArchived = properties["isArchived"]?.boolValue, isArchived != present.isArchived {
            try await setArchived(present, isArchived, call)
        }
        guard let now = try await version(call) else { throw APIError.notFound("\(kind.title) \(present.name)") }
        return call.json(try await resource(now, call))
    }

    /// Whether two values of a property say the same, in whichever of the service's spellings.
    private static func isSame(_ wanted: JSONValue, _ known: JSONValue, _ name: String) -> Bool {
        if name == "modelType" || name == "dataType" { return true }
        if name == "build" {
            return ["contextUri", "dockerfilePath"].allSatisfy { key in
                guard let value = wanted[key], !value.isNull else { return true }
                return value == known[key] || path(value) != nil && path(value) == path(known[key])
            }
        }
        return wanted == known || wanted.present == known.present && wanted.objectValue != nil
    }

    /// The part of a URL behind the port, which may be another at each start of the service.
    private static func path(_ url: JSONValue?) -> String? {
        guard let text = url?.stringValue, text.hasPrefix("https://127.0.0.1") else { return nil }
        return text.split(separator: "/").dropFirst(2).joined(separator: "/")
    }

    /// What Azure takes as a name of an asset.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// The job and path that a model's URI names.
struct ModelSource: Equatable {
    let job: String
    let path: String
    let isArtifact: Bool

    init?(_ uri: String) {
        if uri.hasPrefix("runs:/") {
            let parts = uri.dropFirst("runs:/".count).split(separator: "/").map(String.init)
            guard let run = parts.first else { return nil }
            (job, path, isArtifact) = (run, parts.dropFirst().joined(separator: "/"), true)
            return
        }
        guard uri.hasPrefix("azureml://jobs/") else { return nil }
        let parts = uri.dropFirst("azureml://jobs/".count).split(separator: "/").map(String.init)
        guard parts.count >= 3, parts[1] == "outputs" else { return nil }
        job = parts[0]
        path = (parts.count > 3 && parts[3] == "paths" ? parts.dropFirst(4) : []).joined(separator: "/")
        isArtifact = parts[2] == "artifacts" || parts[2] == "default"
    }
}
