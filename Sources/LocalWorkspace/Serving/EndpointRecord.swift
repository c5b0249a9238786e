import Digest
package import Workspace

/// How callers of an endpoint show who they are.
package enum EndpointAuthMode: String, Sendable, Codable {
    case key
    case amlToken = "aml_token"

    /// Reads `auth_mode`; a directory's tokens cannot be judged here and are refused.
    ///
    /// - Throws: ``WorkspaceError``.
    package init(field: String?) throws {
        switch field?.lowercased() {
        case nil, "key": self = .key
        case "aml_token", "amltoken": self = .amlToken
        case "aad_token", "aadtoken":
            throw WorkspaceError(
                .unsupported, "auth_mode aad_token needs Microsoft Entra; a local workspace knows key and aml_token")
        case let other?: throw WorkspaceError(.invalid, "auth_mode '\(other.prefix(64))' is none of key, aml_token")
        }
    }
}

/// An online endpoint as serving knows it.
package struct EndpointRecord: Sendable, Equatable, Codable {
    package var name: String
    package var authMode: EndpointAuthMode
    /// Percent by deployment; those without are left out.
    package var traffic: [String: Int]
    /// What each deployment had answered when it got this traffic.
    package var countsBefore: [String: RequestCounts] = [:]

    package init(name: String, authMode: EndpointAuthMode, traffic: [String: Int] = [:]) {
        self.name = name
        self.authMode = authMode
        self.traffic = traffic
    }
}

/// The two keys of an endpoint; never printed.
package struct EndpointKeys: Sendable, Equatable, Codable, CustomStringConvertible, CustomReflectable {
    /// Which of the two.
    package enum Kind: String, Sendable, CaseIterable {
        case primary
        case secondary
    }

    package private(set) var primary: String
    package private(set) var secondary: String

    /// Two new keys.
    package init() {
        primary = Self.generate()
        secondary = Self.generate()
    }

    package mutating func regenerate(_ kind: Kind) {
        switch kind {
        case .primary: primary = Self.generate()
        case .secondary: secondary = Self.generate()
        }
    }

    /// What the proxy compares with.
    var digests: [String] { [primary, secondary].map { ContentDigest(of: $0).hex } }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    private static func generate() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        // The system's generator is the kernel's, fit for keys.
        var generator = SystemRandomNumberGenerator()
        return String((0..<48).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
    }
}
