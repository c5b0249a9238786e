import Digest

/// The Python files inside the program, laid out in a folder named by their content.
package enum EmbeddedPython {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("automl_driver.py", PackageResources.automl_driver_py),
        ("automl_scores.py", PackageResources.automl_scores_py),
        ("automl_tables.py", PackageResources.automl_tables_py),
        ("batch_common.py", PackageResources.batch_common_py),
        ("batch_driver.py", PackageResources.batch_driver_py),
        ("batch_input.py", PackageResources.batch_input_py),
        ("batch_tables.py", PackageResources.batch_tables_py),
        ("batch_worker.py", PackageResources.batch_worker_py),
        ("fetch_url.py", PackageResources.fetch_url_py),
        ("mlflow_model.py", PackageResources.mlflow_model_py),
        ("mlflow_scoring_app.py", PackageResources.mlflow_scoring_app_py),
        ("script_server.py", PackageResources.script_server_py),
        ("sweep_sampler.py", PackageResources.sweep_sampler_py),
    ]

    /// The folder that holds them below another; made when it is not there.
    ///
    /// - Parameter parent: A folder that may hold several generations of the files side by side.
    package static func directory(in parent: String) throws -> String {
        var hasher = SHA256Hasher()
        for file in files {
            hasher.update(Array(file.name.utf8))
            hasher.update(file.bytes)
        }
        let directory = "\(parent)/\(hasher.finalize().prefix(16))"
        try Files.makeFolder(directory)
        for file in files where try ServingFiles.read("\(directory)/\(file.name)") != file.bytes {
            try ServingFiles.write(file.bytes, to: "\(directory)/\(file.name)")
        }
        return directory
    }
}
