/// Which workspace: the triple that Azure ML addresses one by.
package struct WorkspaceIdentity: Sendable, Hashable, Codable {
    package var subscriptionID: String
    package var resourceGroup: String
    package var name: String

    package init(subscriptionID: String, resourceGroup: String, name: String) {
        self.subscriptionID = subscriptionID
        self.resourceGroup = resourceGroup
        self.name = name
    }
}
