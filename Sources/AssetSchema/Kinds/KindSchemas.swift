/// The schema of a kind, with the variant of it that a document is.
package struct KindSchema: Sendable {
    package let kind: AssetKind
    package let schema: ObjectSchema
}

extension AssetKind {
    /// The schema of the kind's usual variant; nil for kinds that can't be read yet, and for what is no document.
    package var schema: ObjectSchema? {
        switch self {
        case .environment: .environment
        case .data: .data
        case .model: .model
        case .commandJob: .commandJob
        case .component: .commandComponent
        case .pipelineJob: .pipelineJob
        case .sweepJob: .sweepJob
        case .sparkJob: .sparkJob
        case .onlineEndpoint: .managedOnlineEndpoint
        case .onlineDeployment: .managedOnlineDeployment
        case .batchEndpoint: .batchEndpoint
        case .batchDeployment: .batchDeployment
        case .compute: .amlCompute
        case .datastore: .azureBlob
        case .schedule: .jobSchedule
        case .workspace: .workspace
        case .dataImport: .dataImport
        case .connection: .plainConnection
        case .registry: .registry
        case .featureStore: .featureStore
        case .featureSet: .featureSet
        case .featureStoreEntity: .featureStoreEntity
        default: nil
        }
    }
}
