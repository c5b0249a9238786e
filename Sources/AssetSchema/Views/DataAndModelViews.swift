package import Digest

/// What a data asset says.
package struct DataView: Sendable, Equatable {
    /// `uri_file`, `uri_folder` or `mltable`.
    package let type: String
    /// The path or URI as written.
    package let path: String
    /// The path, when it is one in the project.
    package var localPath: String? { AssetPath(path).localPath }

    /// Reads the normalised fields of a data asset.
    package init(fields: JSONValue) {
        type = fields["type"]?.stringValue ?? "uri_folder"
        path = fields["path"]?.stringValue ?? ""
    }
}

/// What a model says.
package struct ModelView: Sendable, Equatable {
    /// `mlflow_model`, `custom_model` or `triton_model`.
    package let type: String
    /// The path or URI as written; nil where a job's output gives it.
    package let path: String?
    /// The path, when it is one in the project.
    package var localPath: String? { path.flatMap { AssetPath($0).localPath } }

    /// Reads the normalised fields of a model.
    package init(fields: JSONValue) {
        type = fields["type"]?.stringValue ?? "custom_model"
        path = fields["path"]?.stringValue
    }
}

/// A model as a deployment names it.
package enum ModelSource: Sendable, Equatable {
    /// An asset of the workspace or a registry.
    case reference(AssetReference)
    /// One of its own.
    case inline(ModelView)

    init?(_ value: JSONValue?) {
        switch value {
        case .string(let text):
            guard let reference = AssetReference(text) else { return nil }
            self = .reference(reference)
        case .object(let members):
            self = .inline(ModelView(fields: .object(members)))
        default:
            return nil
        }
    }
}

extension AssetPath {
    /// The path, when it is one in the project.
    package var localPath: String? {
        if case .local(let path) = self { return path }
        return nil
    }
}
