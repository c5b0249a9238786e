package import Diagnostics

/// A local file or folder that a document names; whether it exists is for others to say.
package struct PathField: Sendable, Hashable {
    /// What the path is for, and with it what may stand there.
    package enum Role: String, Sendable, Hashable {
        /// A conda environment file.
        case condaFile
        /// A Docker build context: a folder.
        case buildContext
        /// A data asset's or input's file or folder.
        case data
        /// A model's file or folder.
        case model
        /// The same of a model without a name inside a deployment: the SDK names it by its content.
        case unnamedModel
        /// A job's code: a folder, or one file.
        case code
        /// A deployment's code folder.
        case scoringCode
        /// A component's own file.
        case component
    }

    /// The field as a JSON pointer: `/inputs/data/path`.
    package var pointer: String
    /// The same with dots: `inputs.data.path`.
    package var field: String
    /// The path as written, without a `file:` before it; relative to the folder of the file it is written in.
    package var path: String
    /// Where it is written.
    package var location: SourceLocation
    /// What it is for.
    package var role: Role

    /// Whether the SDK looks for the path while it loads the document.
    package var isLookedFor: Bool {
        switch role {
        case .code, .buildContext, .condaFile, .component, .unnamedModel: true
        case .scoringCode, .data, .model: false
        }
    }
}

/// A reference to another object that a document holds.
package struct ReferenceField: Sendable, Hashable {
    /// The field as a JSON pointer.
    package var pointer: String
    /// The same with dots.
    package var field: String
    /// What is referred to.
    package var reference: AssetReference
    /// The kind of object that must stand there; nil when the field takes any.
    package var kind: AssetKind?
    /// Where it is written.
    package var location: SourceLocation
}

/// Tells local paths from everything else that may stand in a path field.
package enum AssetPath: Sendable, Hashable {
    /// A path in the project.
    case local(String)
    /// A URI with a scheme and a host, as Python's `urlparse` sees them, or MLflow's `runs:/`.
    case uri(String)

    /// Classifies the text of a path field.
    package init(_ text: String) {
        if text.hasPrefix("file:") {
            let rest = text.dropFirst("file:".count)
            self = .local(String(rest.hasPrefix("//") ? rest.dropFirst(2) : rest))
        } else if text.hasPrefix("runs:/") || Self.hasSchemeAndHost(text) {
            self = .uri(text)
        } else {
            self = .local(text)
        }
    }

    private static func hasSchemeAndHost(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = bytes[..<colon]
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
        guard let first = scheme.first, isLetter(first) else { return false }
        guard scheme.allSatisfy({ isLetter($0) || "0123456789+-.".utf8.contains($0) }) else { return false }
        let rest = bytes[bytes.index(after: colon)...]
        guard rest.starts(with: "//".utf8), let host = rest.dropFirst(2).first else { return false }
        return host != UInt8(ascii: "/") && host != UInt8(ascii: "?") && host != UInt8(ascii: "#")
    }
}
