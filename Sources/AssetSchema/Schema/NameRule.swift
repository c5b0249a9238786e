/// A rule of Azure's about names.
package struct NameRule: Sendable {
    /// What is named, for messages.
    package let subject: String
    /// What is allowed, in words.
    package let allowed: String
    /// Whether the SDK's loader checks the alphabet itself.
    package let isCheckedByLoader: Bool
    /// Whether the service folds case, so that the name is kept in lower case.
    package let foldsCase: Bool
    /// Whether breaking the rule is sure to fail; else it is only doubtful.
    let isFirm: Bool
    let lengths: ClosedRange<Int>
    let isAllowed: @Sendable (_ name: [Unicode.Scalar]) -> Bool

    /// Endpoint names: 3 to 32 letters, digits and '-', starting with a letter and not ending with '-'.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas#azure-machine-learning-online-endpoints-and-batch-endpoints
    package static let endpoint = NameRule(
        subject: "an endpoint's name",
        allowed: "3 to 32 letters, digits and \"-\", starting with a letter and ending with a letter or digit",
        isCheckedByLoader: true, foldsCase: true, isFirm: true, lengths: 3...32, isAllowed: isEndpointName)

    /// Deployment names follow the endpoint's rule, on the same page.
    ///
    /// The SDK checks them only when it creates one.
    package static let deployment = NameRule(
        subject: "a deployment's name",
        allowed: "3 to 32 letters, digits and \"-\", starting with a letter and ending with a letter or digit",
        isCheckedByLoader: false, foldsCase: true, isFirm: true, lengths: 3...32, isAllowed: isEndpointName)

    /// A deployment's reference to its endpoint.
    package static let endpointOfDeployment = NameRule(
        subject: "an endpoint's name", allowed: endpoint.allowed, isCheckedByLoader: false, foldsCase: true,
        isFirm: true, lengths: 3...32, isAllowed: isEndpointName)

    /// Asset names: 1 to 255 letters, digits, '-', '_' and '.', starting with a letter or digit.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-environment and its siblings for data and model.
    package static let asset = NameRule(
        subject: "an asset's name",
        allowed: "1 to 255 letters, digits, \"-\", \"_\" and \".\", starting with a letter or digit",
        isCheckedByLoader: false, foldsCase: false, isFirm: true, lengths: 1...255, isAllowed: isAssetName)

    /// Component names: lower case letters, digits and '_', starting with a letter; the SDK checks them while loading.
    package static let component = NameRule(
        subject: "a component's name",
        allowed: "lower case letters, digits and \"_\", starting with a letter", isCheckedByLoader: true,
        foldsCase: false, isFirm: true, lengths: 1...255, isAllowed: isComponentName)

    /// Job names: letters, digits, '-' and '_'.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command
    package static let job = NameRule(
        subject: "a job's name", allowed: "1 to 255 letters, digits, \"-\" and \"_\", starting with a letter or digit",
        isCheckedByLoader: false, foldsCase: false, isFirm: true, lengths: 1...255, isAllowed: isJobName)

    /// Experiment names follow the rule of job names, on the same page.
    package static let experiment = NameRule(
        subject: "an experiment's name",
        allowed: "1 to 255 letters, digits, \"-\" and \"_\", starting with a letter or digit",
        isCheckedByLoader: false, foldsCase: false, isFirm: false, lengths: 1...255, isAllowed: isJobName)

    /// A job output's registered name; the SDK checks it while loading.
    package static let output = NameRule(
        subject: "an output's name", allowed: "up to 255 letters, digits, \"-\" and \"_\"", isCheckedByLoader: true,
        foldsCase: false, isFirm: true, lengths: 0...255,
        isAllowed: { $0.allSatisfy { isLetter($0) || isDigit($0) || $0 == "-" || $0 == "_" } })

    /// Datastore names: letters, digits and '_'.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/how-to-datastore
    package static let datastore = NameRule(
        subject: "a datastore's name", allowed: "1 to 255 letters, digits and \"_\"",
        isCheckedByLoader: false, foldsCase: false, isFirm: false, lengths: 1...255,
        isAllowed: { !$0.isEmpty && $0.allSatisfy { isLetter($0) || isDigit($0) || $0 == "_" } })

    /// Compute names: 2 to 32 letters, digits and '-', starting with a letter.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/how-to-create-attach-compute-cluster
    package static let compute = NameRule(
        subject: "a compute's name",
        allowed: "2 to 32 letters, digits and \"-\", starting with a letter and ending with a letter or digit",
        isCheckedByLoader: false, foldsCase: false, isFirm: false, lengths: 2...32, isAllowed: isEndpointName)

    /// Schedule names follow the rule of job names.
    package static let schedule = NameRule(
        subject: "a schedule's name",
        allowed: "1 to 255 letters, digits, \"-\" and \"_\", starting with a letter or digit",
        isCheckedByLoader: false, foldsCase: false, isFirm: false, lengths: 1...255, isAllowed: isJobName)

    /// Workspace and registry names: 3 to 33 letters, digits, '-' and '_', starting with a letter or digit.
    ///
    /// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
    package static let workspace = NameRule(
        subject: "a workspace's name",
        allowed: "3 to 33 letters, digits, \"-\" and \"_\", starting with a letter or digit",
        isCheckedByLoader: false, foldsCase: false, isFirm: false, lengths: 3...33, isAllowed: isJobName)

    /// Connection names follow the rule of job names.
    package static let connection = NameRule(
        subject: "a connection's name",
        allowed: "1 to 255 letters, digits, \"-\" and \"_\", starting with a letter or digit",
        isCheckedByLoader: false, foldsCase: false, isFirm: false, lengths: 1...255, isAllowed: isJobName)

    /// Whether a name has a length that is allowed.
    func fits(length: Int) -> Bool { lengths.contains(length) }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    @Sendable private static func isEndpointName(_ name: [Unicode.Scalar]) -> Bool {
        guard let first = name.first, let last = name.last else { return false }
        return isLetter(first) && last != "-" && name.allSatisfy { isLetter($0) || isDigit($0) || $0 == "-" }
    }

    @Sendable private static func isAssetName(_ name: [Unicode.Scalar]) -> Bool {
        guard let first = name.first else { return false }
        return (isLetter(first) || isDigit(first))
            && name.allSatisfy { isLetter($0) || isDigit($0) || $0 == "-" || $0 == "_" || $0 == "." }
    }

    @Sendable private static func isComponentName(_ name: [Unicode.Scalar]) -> Bool {
        guard let first = name.first, ("a"..."z").contains(first) else { return false }
        return name.allSatisfy { ("a"..."z").contains($0) || isDigit($0) || $0 == "_" }
    }

    @Sendable private static func isJobName(_ name: [Unicode.Scalar]) -> Bool {
        guard let first = name.first else { return false }
        return (isLetter(first) || isDigit(first))
            && name.allSatisfy { isLetter($0) || isDigit($0) || $0 == "-" || $0 == "_" }
    }
}
