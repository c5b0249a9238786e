internal import Digest
internal import HTTPServer
internal import TimeKeeping

/// Checks what proves the right to use a storage account: a shared key's signature, or one that a URL brings along.
struct StorageSignature {
    let account: String
    let key: [UInt8]
    /// The account's other names, by which clients sign too.
    let aliases: [String]

    /// - Parameter path: the container and blob.
    func permits(_ request: HTTPRequest, path: String, at now: Timestamp) -> Bool {
        if let header = request.headers["Authorization"], header.hasPrefix("SharedKey ") {
            return accepts(sharedKey: String(header.dropFirst("SharedKey ".count)), request)
        }
        return request.query("sig") != nil && accepts(signedURL: request, path: path, at: now)
    }

    // MARK: Shared key

    private func accepts(sharedKey text: String, _ request: HTTPRequest) -> Bool {
        guard let colon = text.lastIndex(of: ":"),
            let signature = Base64.decode(String(text[text.index(after: colon)...]))
        else { return false }
        let name = String(text[..<colon])
        guard ([account] + aliases).contains(name) else { return false }
        return HMACSHA256.isEqual(signature, HMACSHA256.code(Array(stringToSign(request, name).utf8), key: key))
    }

    private static let signedHeaders = [
        "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
        "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "byte_range",
    ]

    private func stringToSign(_ request: HTTPRequest, _ name: String) -> String {
        var lines = [request.method]
        for header in Self.signedHeaders {
            let value = request.headers[header] ?? ""
            lines.append(header == "content-length" && value == "0" ? "" : value)
        }
        let own = request.headers.fields.map { ($0.name.lowercased(), $0.value) }.filter { $0.0.hasPrefix("x-ms-") }
        lines += own.sorted { Self.order($0.0) < Self.order($1.0) }.map { "\($0):\($1)" }
        let path = request.target.prefix { $0 != "?" }
        lines.append("/\(name)\(path)")
        lines += request.query.sorted { $0.name < $1.name }.map { "\($0.name.lowercased()):\($0.value)" }
        return lines.joined(separator: "\n")
    }

    /// The service's order of header names: hyphens do not count, and an underscore comes before digits and letters.
    private static func order(_ name: String) -> String {
        String(name.filter { $0 != "-" }.map { $0 == "_" ? "!" : $0 })
    }

    // MARK: Signed URLs

    private static let signedFields = [
        "si", "sip", "spr", "sv", "sr", "", "ses", "rscc", "rscd", "rsce", "rscl", "rsct",
    ]

    private func accepts(signedURL request: HTTPRequest, path: String, at now: Timestamp) -> Bool {
        func field(_ name: String) -> String { name.isEmpty ? "" : request.query(name) ?? "" }
        guard let end = Timestamp(field("se")), end > now, let signature = Base64.decode(field("sig")),
            field("sp").contains(Self.permission(request))
        else { return false }
        let container = path.split(separator: "/").first.map(String.init) ?? ""
        let resource = field("sr") == "c" ? container : path
        return ([account] + aliases).contains { name in
            let lines =
                [field("sp"), field("st"), field("se"), "/blob/\(name)/\(resource)"] + Self.signedFields.map(field)
            return HMACSHA256.isEqual(
                signature, HMACSHA256.code(Array(lines.joined(separator: "\n").utf8), key: key))
        }
    }

    /// The letter that a signed URL must have for a request.
    private static func permission(_ request: HTTPRequest) -> Character {
        switch request.method {
        case "GET", "HEAD": request.query("comp") == "list" ? "l" : "r"
        case "DELETE": "d"
        default: "w"
        }
    }

    /// The query of a URL that permits the use of a container for a day.
    func containerQuery(_ container: String, permissions: String, until end: Timestamp) -> String {
        let version = "2021-08-06"
        let lines =
            [permissions, "", end.description, "/blob/\(account)/\(container)", "", "", "https", version, "c", "", ""]
            + [String](repeating: "", count: 5)
        let signature = HMACSHA256.code(Array(lines.joined(separator: "\n").utf8), key: key)
        return "sv=\(version)&spr=https&se=\(Self.escaped(end.description))&sr=c&sp=\(permissions)"
            + "&sig=\(Self.escaped(Base64.text(signature)))"
    }

    /// The query of a URL that permits reading one blob for a day.
    func blobQuery(_ path: String, until end: Timestamp) -> String {
        let version = "2021-08-06"
        let lines =
            ["r", "", end.description, "/blob/\(account)/\(path)", "", "", "https", version, "b", "", ""]
            + [String](repeating: "", count: 5)
        let signature = HMACSHA256.code(Array(lines.joined(separator: "\n").utf8), key: key)
        return "sv=\(version)&spr=https&se=\(Self.escaped(end.description))&sr=b&sp=r"
            + "&sig=\(Self.escaped(Base64.text(signature)))"
    }

    static func escaped(_ text: String) -> String {
        text.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
