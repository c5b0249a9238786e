internal import Digest
internal import FoundationEssentials

/// The one random secret of a running service; everything that opens it is derived from it and ends with it.
struct ServiceSecret: Sendable {
    private let root: [UInt8]

    init() {
        // The system's generator is the kernel's, fit for keys.
        var generator = SystemRandomNumberGenerator()
        root = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    private func derive(_ purpose: String) -> [UInt8] { HMACSHA256.code(Array(purpose.utf8), key: root) }

    /// What must stand in the header of a request for a token.
    var identityHeader: String { ContentDigest(bytes: derive("identity header"))?.hex ?? "" }

    /// The key of a storage account.
    func accountKey(_ account: String) -> [UInt8] { derive("account \(account)") + derive("account 2 \(account)") }

    // MARK: Tokens

    private static let lifetime: Int64 = 24 * 3_600

    /// A token in the form of a JWT, signed by us, and when it ends.
    func token(audience: String, at now: Int64) -> (text: String, expires: Int64) {
        let expires = now + Self.lifetime
        let claims: JSONValue = [
            "aud": .string(audience), "iss": "https://127.0.0.1/reconcile", "iat": .int(now), "nbf": .int(now),
            "exp": .int(expires), "tid": .string(Self.tenant), "oid": .string(Self.tenant), "sub": .string(Self.tenant),
            "appid": .string(Self.tenant), "ver": "1.0",
        ]
        let head: JSONValue = ["alg": "HS256", "typ": "JWT"]
        let text = [head, claims].map { Base64.url($0.canonicalBytes) }.joined(separator: ".")
        return ("\(text).\(Base64.url(sign(text)))", expires)
    }

    /// Whether a bearer token is one of ours and still good.
    func accepts(_ token: String, at now: Int64) -> Bool {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64.decode(String(parts[2])),
            HMACSHA256.isEqual(signature, sign("\(parts[0]).\(parts[1])")),
            let payload = Base64.decode(String(parts[1])), let claims = try? JSONParser.parse(payload),
            let expires = claims["exp"]?.intValue
        else { return false }
        return Int64(expires) > now
    }

    private func sign(_ text: String) -> [UInt8] { HMACSHA256.code(Array(text.utf8), key: derive("tokens")) }

    /// The tenant that tokens name; it means nothing.
    static let tenant = "00000000-0000-0000-0000-000000000000"
}

/// Base64 in both alphabets.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func url(_ bytes: [UInt8]) -> String {
        String(
            text(bytes).compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }

    /// The bytes of a text in either alphabet, padded or not.
    static func decode(_ text: String) -> [UInt8]? {
        var plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }).filter { $0 != "=" }
        plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain).map { [UInt8]($0) }
    }
}
