internal import FoundationEssentials

/// Small text files.
enum FileText {
    static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0.prefix(4 << 20), as: UTF8.self) }
    }
}
