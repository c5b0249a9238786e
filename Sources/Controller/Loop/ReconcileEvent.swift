package import Planning

/// What a pass tells those who watch it.
package enum ReconcileEvent: Sendable {
    /// A plan that differs from the one before, and how long looking and planning took.
    case planned(Plan, took: Duration)
    /// A look that found nothing changed since the last pass, which had nothing to do.
    case idle(took: Duration)
    case started(PlanAction)
    case finished(PlanAction, message: String?, took: Duration)
    /// A failure; `retryIn` says when it is tried again, nil that it is not.
    case failed(PlanAction, message: String, retryIn: Duration?)
    /// Nothing is due; these are waited for.
    case waiting([PlanAction])
    /// A stage's workspace cannot be read.
    case unreachable(stage: String, message: String)
}
