import CLinux
import Glibc
import ReconcileCommands

@main
struct Reconcile {
    static func main() async {
        linux_use_one_heap()
        var environment: [String: String] = [:]
        guard var cursor = linux_environ() else { exit(70) }
        while let entry = cursor.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            cursor += 1
        }
        exit(await ReconcileMain.run(Array(CommandLine.arguments.dropFirst()), environment: environment))
    }
}
