package import TimeKeeping

/// A commit's signature with the bytes that it covers.
package struct SignedCommit: Sendable, Equatable {
    /// The forms of signature that git writes.
    package enum Form: Sendable, Equatable {
        case ssh
        case openPGP
        case unknown
    }

    /// The commit's id.
    package var id: String
    /// The armoured signature; nil when the commit has none.
    package var signature: [UInt8]?
    /// The commit without its signature.
    package var payload: [UInt8]
    /// When the committer's clock says that it was made.
    package var time: Timestamp

    /// A commit's signature; see the properties for the meaning of each part.
    package init(id: String, signature: [UInt8]?, payload: [UInt8], time: Timestamp) {
        self.id = id
        self.signature = signature
        self.payload = payload
        self.time = time
    }

    /// The form of the signature, by the first line of its armour.
    package var form: Form {
        guard let signature else { return .unknown }
        if signature.starts(with: Array("-----BEGIN SSH SIGNATURE-----".utf8)) { return .ssh }
        if signature.starts(with: Array("-----BEGIN PGP SIGNATURE-----".utf8)) { return .openPGP }
        return .unknown
    }
}
