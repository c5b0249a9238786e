internal import Workspace
internal import YAML

/// A conda file read as requirements that PyPI knows.
struct CondaFile: Equatable {
    /// The version that `python=` asks for, as written behind the name.
    var python: String?
    /// The requirements in order.
    var requirements: [String] = []
    /// Options of the pip section, such as `--extra-index-url`.
    var options: [String] = []
    /// What was left out or renamed, one sentence each.
    var notes: [String] = []

    init() {}

    /// Reads the YAML text of a conda file, or of a plain list of requirements' mapping.
    init(yaml: String) throws {
        let node: Node?
        do {
            node = try YAMLReader().document(yaml)
        } catch {
            throw WorkspaceError(.invalid, "the conda file cannot be read: \(error)")
        }
        guard let dependencies = node?["dependencies"] else { return }
        guard let list = dependencies.sequence else {
            throw WorkspaceError(.invalid, "the conda file's dependencies are not a list")
        }
        for item in list {
            if let text = item.text {
                add(conda: text)
            } else if let pip = item["pip"]?.sequence {
                for requirement in pip.compactMap(\.text) { add(pip: requirement) }
            }
        }
    }

    private mutating func add(pip line: String) {
        let text = line.trimmed
        guard !text.isEmpty, !text.hasPrefix("#") else { return }
        if text.hasPrefix("-") { options.append(text) } else { requirements.append(text) }
    }

    private mutating func add(conda line: String) {
        // `channel::name` names where conda takes it from; PyPI has one channel.
        let text = (line.range(of: "::").map { String(line[$0.upperBound...]) } ?? line).trimmed
        let name = String(text.prefix { !"=<>!~ [".contains($0) })
        var version = String(text.dropFirst(name.count)).split(separator: " ").joined()
        // `name=1.2=build` and `name[build=…]`: builds mean nothing outside of conda.
        if let bracket = version.firstIndex(of: "[") { version = String(version[..<bracket]) }
        if version.hasPrefix("="), !version.hasPrefix("=="), let second = version.dropFirst().firstIndex(of: "=") {
            version = String(version[..<second])
        }
        switch name.lowercased() {
        case "": return
        case "python": python = version.isEmpty ? nil : version
        case "pip", "setuptools", "wheel": return
        case let other where Self.isForeign(other):
            notes.append("\(name) is no Python package and is not installed")
        case let other:
            let renamed = Self.renamed[other] ?? name
            if renamed != name { notes.append("\(name) is called \(renamed) on PyPI") }
            requirements.append(renamed + Self.pipVersion(version))
        }
    }

    /// conda's `=1.2` means "1.2 and what begins with it"; `==` and ranges mean the same to both.
    static func pipVersion(_ version: String) -> String {
        guard version.hasPrefix("="), !version.hasPrefix("==") else { return version }
        let number = version.dropFirst()
        guard !number.isEmpty else { return "" }
        return number.hasSuffix("*") ? "==\(number)" : "==\(number).*"
    }

    static func isForeign(_ name: String) -> Bool {
        if ["r-", "lib", "gcc", "gxx", "gfortran", "mkl", "_"].contains(where: name.hasPrefix), name != "libclang" {
            return true
        }
        return [
            "openmpi", "mpich", "cudatoolkit", "cudnn", "nccl", "cuda", "cuda-toolkit", "git", "make", "curl", "wget",
            "ca-certificates", "openssl", "gdal", "ffmpeg", "nodejs", "openjdk", "blas", "openblas", "zlib", "sqlite",
            "pytorch-cuda", "cpuonly", "nomkl", "tk", "xz", "readline", "ncurses", "bzip2",
        ].contains(name)
    }

    static let renamed = [
        "pytorch": "torch", "py-xgboost": "xgboost", "py-xgboost-cpu": "xgboost", "py-lightgbm": "lightgbm",
        "tensorflow-gpu": "tensorflow", "tensorflow-base": "tensorflow", "opencv": "opencv-python-headless",
        "py-opencv": "opencv-python-headless", "matplotlib-base": "matplotlib", "msgpack-python": "msgpack",
        "pyarrow-core": "pyarrow", "faiss-cpu": "faiss-cpu", "python-graphviz": "graphviz", "yaml": "pyyaml",
        "ruamel_yaml": "ruamel.yaml", "numpy-base": "numpy", "spacy-model-en_core_web_sm": "en-core-web-sm",
    ]
}

extension String {
    /// The text without blanks at its ends.
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// Where another text first stands in this one.
    func range(of other: String) -> Range<String.Index>? { firstRange(of: other) }
}
