package import Digest

/// What an environment asset, or one written inside a job or deployment, says.
package struct EnvironmentView: Sendable, Equatable {
    /// Where the conda environment is defined.
    package enum CondaFile: Sendable, Equatable {
        /// A file, by its path relative to the document.
        case path(String)
        /// Written on the spot.
        case inline(JSONValue)
    }

    /// A Docker build.
    package struct Build: Sendable, Equatable {
        /// The context folder or URL, if one is named.
        package var path: String?
        /// The Dockerfile in it.
        package var dockerfilePath: String
    }

    /// The base image.
    package let image: String?
    /// The conda environment.
    package let condaFile: CondaFile?
    /// The build that gives the image.
    package let build: Build?
    /// `linux` or `windows`.
    package let osType: String

    /// Reads the normalised fields of an environment.
    package init(fields: JSONValue) {
        image = fields["image"]?.stringValue
        osType = fields["os_type"]?.stringValue ?? "linux"
        switch fields["conda_file"] {
        case .string(let path): condaFile = .path(path)
        case .object(let members): condaFile = .inline(.object(members))
        default: condaFile = nil
        }
        build = fields["build"].map {
            Build(
                path: $0["path"]?.stringValue, dockerfilePath: $0["dockerfile_path"]?.stringValue ?? "Dockerfile")
        }
    }
}

/// An environment as a job or deployment names it.
package enum EnvironmentSource: Sendable, Equatable {
    /// An asset of the workspace or a registry.
    case reference(AssetReference)
    /// One of its own.
    case inline(EnvironmentView)

    init?(_ value: JSONValue?) {
        switch value {
        case .string(let text):
            guard let reference = AssetReference(text) else { return nil }
            self = .reference(reference)
        case .object(let members):
            self = .inline(EnvironmentView(fields: .object(members)))
        default:
            return nil
        }
    }
}
