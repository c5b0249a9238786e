internal import Glibc

extension AssetDiscovery {
    /// A cheap test of the bytes: pipelines, conda files and workflows end here, unparsed.
    ///
    /// Asset files name Azure ML's schema in a line of `$schema`, or say their type with one of its words in the first
    /// column.
    static func mayBeAsset(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var start = buffer.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            while start < buffer.count {
                let end = lineEnd(in: buffer, from: start)
                let line = buffer[start..<end]
                switch line.first {
                case UInt8(ascii: "$") where line.starts(with: "$schema: h".utf8):
                    return true
                case UInt8(ascii: "t"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "$"):
                    let words = line.split { " :\"'".utf8.contains($0) }
                    if let key = words.first, let value = words.dropFirst().first {
                        if key.elementsEqual("$schema".utf8) { return true }
                        if key.elementsEqual("type".utf8), isTypeWord(value) { return true }
                    }
                case UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "c"), UInt8(ascii: "e"), UInt8(ascii: "i"):
                    // Files that name neither are told by keys that hardly any other file begins a line with.
                    let key = line.prefix { $0 != UInt8(ascii: ":") }
                    if key.count < line.count, telltaleKeys.contains(where: { key.elementsEqual($0.utf8) }) {
                        return true
                    }
                case UInt8(ascii: "{"):
                    // A mapping in braces, perhaps JSON: rare enough to be parsed.
                    return true
                default:
                    break
                }
                start = end + 1
            }
            return false
        }
    }

    private static let telltaleKeys = ["auth_mode", "build", "command", "endpoint_name", "image"]

    private static let typeWords: Set<String> = [
        "command", "pipeline", "sweep", "automl", "parallel", "spark", "managed", "kubernetes", "model", "uri_file",
        "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model", "amlcompute", "computeinstance",
        "synapsespark", "azure_blob", "azure_file", "azure_data_lake_gen1", "azure_data_lake_gen2", "one_lake",
    ]

    private static func isTypeWord(_ word: some Collection<UInt8>) -> Bool {
        let word = word.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\r") }
        return typeWords.contains(String(decoding: Array(word), as: UTF8.self).lowercased())
    }

    private static func lineEnd(in buffer: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = buffer.baseAddress, let found = memchr(base + start, 0x0A, buffer.count - start) else {
            return buffer.count
        }
        return UnsafeRawPointer(found) - base
    }
}
