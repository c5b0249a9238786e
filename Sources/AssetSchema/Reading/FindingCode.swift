package import Diagnostics

/// The kinds of finding that reading a document can give; raw values are the codes of diagnostics.
///
/// Findings that the Azure ML SDK's own loader also makes decide whether `az ml` would take the file. The others are
/// ours: what loads, but fails later in Azure, or is too lax for a repository that nobody watches.
package enum FindingCode: String, Sendable, CaseIterable {
    // The SDK's loader says so too.
    case unknownKey = "unknown-key"
    case missingKey = "missing-key"
    case emptyValue = "empty-value"
    case wrongType = "wrong-type"
    case invalidValue = "invalid-value"
    case invalidReference = "invalid-reference"
    case invalidName = "invalid-name"
    case unreadableScalar = "unreadable-scalar"
    case notAnAsset = "not-an-asset"
    case missingFile = "missing-path"
    case endlessInclusion = "endless-inclusion"
    case unboundReference = "unbound-reference"

    // Ours.
    case placeholder
    case duplicateKey = "duplicate-key"
    case outOfRange = "out-of-range"
    case nameRule = "name-rule"
    case incompleteReference = "incomplete-reference"
    case unknownInput = "unknown-input"
    case unknownOutput = "unknown-output"
    case unknownExpression = "unknown-expression"
    case conflictingKeys = "conflicting-keys"
    case missingPart = "missing-part"
    case surprisingValue = "surprising-value"
    case ignoredKey = "ignored-key"
    case wrongTextValue = "wrong-text-value"
    case unusedKey = "unused-key"
    case unsupportedKind = "unsupported-kind"
    case missingContent = "missing-content"

    /// Who says so.
    package var origin: FindingOrigin { isOwn ? .reconcile : .azureML }

    /// Whether only we say so, and the SDK's loader takes the file.
    package var isOwn: Bool {
        switch self {
        case .unknownKey, .missingKey, .emptyValue, .wrongType, .invalidValue, .invalidReference, .invalidName,
            .unreadableScalar, .notAnAsset, .missingFile, .endlessInclusion, .unboundReference:
            false
        default:
            true
        }
    }
}

/// Who finds fault with a file.
package enum FindingOrigin: String, Sendable {
    /// `az ml` too: the Azure ML SDK's loader refuses the file.
    case azureML = "az ml"
    /// Only reconcile, since it would fail later, or is too lax for a repository that nobody watches.
    case reconcile
}

extension Diagnostic {
    /// Who says so; what is no YAML is refused by everybody.
    package var origin: FindingOrigin { FindingCode(rawValue: code)?.origin ?? .azureML }
}
