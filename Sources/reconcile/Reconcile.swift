internal import Foundation
internal import ReconcileCommands

@main
struct Main {
    static func main() async {
        if let status = await InternalCommands.run(CommandLine.arguments) { exit(status) }
    }
}
