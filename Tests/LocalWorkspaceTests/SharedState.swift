import Foundation
import LocalWorkspace

/// A state directory that outlives test runs, for what is dear to make and safe to share: Python environments.
enum SharedState {
    static let layout: StateLayout = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return StateLayout(root: root.appending(path: ".build/reconcile-test-state").path)
    }()

    /// The pins of the sample project.
    static let conda = """
        name: diabetes-train
        channels: [conda-forge]
        dependencies:
          - python=3.11
          - pip
          - pip:
              - mlflow-skinny==2.22.5
              - scikit-learn==1.5.2
              - pandas==2.2.3
              - numpy==1.26.4
              - cloudpickle==3.1.2
        """
}
