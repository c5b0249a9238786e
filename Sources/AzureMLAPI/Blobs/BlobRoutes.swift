internal import AzureMLWire
internal import Digest
internal import FoundationEssentials
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

/// The verbs of Azure Blob Storage that the clients of Azure ML use, on one workspace's account.
struct BlobRoutes {
    let served: ServedWorkspace
    let now: Timestamp

    /// - Parameter name: the blob's name; empty for the container.
    func answer(_ request: HTTPRequest, container: String, name: String) async throws -> HTTPResponse {
        let comp = request.query("comp")
        switch (request.method, comp) {
        case ("GET", "list"?): return try await list(request, container)
        case ("GET", nil), ("HEAD", nil):
            return name.isEmpty ? stamped(HTTPResponse()) : try await read(request, container, name)
        case ("HEAD", "metadata"?), ("GET", "metadata"?): return try await read(request, container, name)
        case ("PUT", nil): return name.isEmpty ? stamped(HTTPResponse(status: 201)) : try put(request, container, name)
        case ("PUT", "block"?): return try putBlock(request, container, name)
        case ("PUT", "blocklist"?): return try commit(request, container, name)
        case ("PUT", "metadata"?): return try setMetadata(request, container, name)
        case ("DELETE", nil):
            try served.catalog.deleteBlob(container, name)
            return stamped(HTTPResponse(status: 202))
        default:
            return error(
                400, "UnsupportedHttpVerb", "The emulator does not know \(request.method) with comp=\(comp ?? "").")
        }
    }

    // MARK: Answers

    private func stamped(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.headers.append("x-ms-version", "2021-08-06")
        response.headers.append("x-ms-request-id", UUID().uuidString.lowercased())
        response.headers.append("Date", HTTPDate.text(now))
        return response
    }

    private func error(_ status: Int, _ code: String, _ message: String) -> HTTPResponse {
        let body =
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>\(code)</Code><Message>\(XML.escaped(message))</Message></Error>"
        var response = HTTPResponse(
            status: status, headers: ["Content-Type": "application/xml", "x-ms-error-code": code],
            body: .bytes(Array(body.utf8)))
        response = stamped(response)
        return response
    }

    private func describe(_ blob: ReadableBlob, _ response: inout HTTPResponse) {
        response.headers.append("ETag", "\"0x\(blob.tag)\"")
        response.headers.append("Last-Modified", HTTPDate.text(Timestamp(seconds: blob.modified)))
        response.headers.append("x-ms-blob-type", "BlockBlob")
        response.headers.append("x-ms-creation-time", HTTPDate.text(Timestamp(seconds: blob.modified)))
        for (name, value) in blob.metadata { response.headers.append("x-ms-meta-\(name)", value) }
    }

    // MARK: Reading

    private func read(_ request: HTTPRequest, _ container: String, _ name: String) async throws -> HTTPResponse {
        guard let blob = try await served.blob(container, name) else {
            return error(404, "BlobNotFound", "The specified blob does not exist.")
        }
        // A file that is still written to may have grown since; its size now is what counts.
        var response = HTTPResponse.file(
            blob.location, for: request, contentType: blob.type, range: request.headers["x-ms-range"])
        if response.status == 416 { return error(416, "InvalidRange", "The range specified is invalid.") }
        if response.status == 404 { return error(404, "BlobNotFound", "The specified blob does not exist.") }
        describe(blob, &response)
        return stamped(response)
    }

    private func list(_ request: HTTPRequest, _ container: String) async throws -> HTTPResponse {
        let prefix = request.query("prefix") ?? ""
        let delimiter = request.query("delimiter") ?? ""
        let limit = max(1, min(request.query("maxresults").flatMap { Int($0) } ?? 5_000, 5_000))
        let marker = request.query("marker") ?? ""
        var items: [(name: String, xml: String)] = []
        var folders: Set<String> = []
        for blob in try await served.blobs(container, prefix: prefix) where blob.name > marker {
            if !delimiter.isEmpty, let end = blob.name.dropFirst(prefix.count).firstRange(of: delimiter) {
                let folder = String(blob.name[..<end.upperBound])
                if folders.insert(folder).inserted {
                    items.append((folder, "<BlobPrefix><Name>\(XML.escaped(folder))</Name></BlobPrefix>"))
                }
                continue
            }
            items.append((blob.name, Self.xml(blob)))
        }
        let page = items.prefix(limit)
        let next = items.count > limit ? page.last?.name ?? "" : ""
        let body =
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"\(XML.escaped(container))\">"
            + "<Prefix>\(XML.escaped(prefix))</Prefix><Blobs>\(page.map(\.xml).joined())</Blobs>"
            + "<NextMarker>\(XML.escaped(next))</NextMarker></EnumerationResults>"
        return stamped(
            HTTPResponse(headers: ["Content-Type": "application/xml"], body: .bytes(Array(body.utf8))))
    }

    private static func xml(_ blob: ReadableBlob) -> String {
        let metadata = blob.metadata.sorted { $0.key < $1.key }
            .map { "<\(XML.escaped($0.key))>\(XML.escaped($0.value))</\(XML.escaped($0.key))>" }.joined()
        let modified = HTTPDate.text(Timestamp(seconds: blob.modified))
        return "<Blob><Name>\(XML.escaped(blob.name))</Name><Properties><Creation-Time>\(modified)</Creation-Time>"
            + "<Last-Modified>\(modified)</Last-Modified><Etag>0x\(blob.tag)</Etag>"
            + "<Content-Length>\(blob.size)</Content-Length><Content-Type>\(XML.escaped(blob.type))</Content-Type>"
            + "<BlobType>BlockBlob</BlobType><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
            + "</Properties><Metadata>\(metadata)</Metadata></Blob>"
    }

    // MARK: Writing

    private func metadata(_ request: HTTPRequest) -> [String: String] {
        var metadata: [String: String] = [:]
        for field in request.headers.fields where field.name.lowercased().hasPrefix("x-ms-meta-") {
            metadata[String(field.name.dropFirst("x-ms-meta-".count))] = field.value
        }
        return metadata
    }

    private func put(_ request: HTTPRequest, _ container: String, _ name: String) throws -> HTTPResponse {
        if request.headers["If-None-Match"] == "*", try served.catalog.blob(container, name) != nil {
            return error(409, "BlobAlreadyExists", "The specified blob already exists.")
        }
        let kept = try withFile(request.body) { try served.workspace.keepContent(ofFileAt: $0) }
        return try note(request, container, name, kept)
    }

    private func note(
        _ request: HTTPRequest, _ container: String, _ name: String, _ kept: (sha256: String, size: Int64)
    ) throws -> HTTPResponse {
        let blob = Catalog.Blob(
            name: name, sha256: kept.sha256, size: kept.size,
            type: request.headers["x-ms-blob-content-type"] ?? "application/octet-stream", metadata: metadata(request),
            modified: now.seconds)
        try served.catalog.put(blob, in: container)
        return stamped(
            HTTPResponse(
                status: 201,
                headers: [
                    "ETag": "\"0x\(kept.sha256.prefix(16))\"", "Last-Modified": HTTPDate.text(now),
                    "x-ms-request-server-encrypted": "false",
                ]))
    }

    private func setMetadata(_ request: HTTPRequest, _ container: String, _ name: String) throws -> HTTPResponse {
        guard var blob = try served.catalog.blob(container, name) else {
            return error(404, "BlobNotFound", "The specified blob does not exist.")
        }
        blob.metadata = metadata(request)
        blob.modified = now.seconds
        try served.catalog.put(blob, in: container)
        return stamped(
            HTTPResponse(
                headers: ["ETag": "\"0x\(blob.sha256.prefix(16))\"", "Last-Modified": HTTPDate.text(now)]))
    }

    /// A body as a file, which it may be already.
    private func withFile<Result>(_ body: HTTPBody, _ work: (String) throws -> Result) throws -> Result {
        switch body {
        case .file(let file): return try work(file.path)
        case .bytes(let bytes):
            try FileManager.default.createDirectory(atPath: served.uploads, withIntermediateDirectories: true)
            let path = "\(served.uploads)/\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
                throw WorkspaceError(.broken, "an upload cannot be stored")
            }
            return try work(path)
        }
    }

    // MARK: Blocks

    private func blockFolder(_ container: String, _ name: String) -> String {
        "\(served.uploads)/blocks-\(ContentDigest(of: "\(container)/\(name)").hex)"
    }

    private func putBlock(_ request: HTTPRequest, _ container: String, _ name: String) throws -> HTTPResponse {
        guard let id = request.query("blockid"), !id.isEmpty, id.utf8.count <= 256 else {
            return error(400, "InvalidQueryParameterValue", "A block needs its blockid.")
        }
        let folder = blockFolder(container, name)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let place = "\(folder)/\(ContentDigest(of: id).hex)"
        switch request.body {
        case .file(let file): try file.move(to: place)
        case .bytes(let bytes): try Data(bytes).write(to: URL(filePath: place), options: .atomic)
        }
        return stamped(HTTPResponse(status: 201, headers: ["x-ms-request-server-encrypted": "false"]))
    }

    private func commit(_ request: HTTPRequest, _ container: String, _ name: String) throws -> HTTPResponse {
        let folder = blockFolder(container, name)
        let ids = XML.texts(
            of: ["Latest", "Uncommitted", "Committed"], in: String(decoding: try request.body.read(), as: UTF8.self))
        let whole = "\(folder)/whole"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: whole, contents: nil),
            let output = FileAppender(path: whole)
        else { throw WorkspaceError(.broken, "an upload cannot be stored") }
        for id in ids {
            guard let block = FileManager.default.contents(atPath: "\(folder)/\(ContentDigest(of: id).hex)") else {
                return error(400, "InvalidBlockList", "The specified block list is invalid.")
            }
            guard output.append(block) else { throw WorkspaceError(.broken, "an upload cannot be stored") }
        }
        let kept = try served.workspace.keepContent(ofFileAt: whole)
        try? FileManager.default.removeItem(atPath: folder)
        return try note(request, container, name, kept)
    }
}
