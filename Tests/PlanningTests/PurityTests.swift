import Foundation
import Testing

@Suite struct PurityTests {
    @Test("Planning imports nothing that could touch the world")
    func imports() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Planning")
        let allowed: Set<String> = [
            "AssetSchema", "DesiredState", "Approvals", "Workspace", "Digest", "Diagnostics", "TimeKeeping",
        ]
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        #expect(files.count > 20)
        for file in files {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1, index + 1 < words.count,
                    // What is indented is no import of ours: the program of a check is Python.
                    !line.hasPrefix("//"), !line.hasPrefix(" ")
                else { continue }
                #expect(allowed.contains(String(words[index + 1])), "\(file.lastPathComponent): \(line)")
            }
        }
    }
}
