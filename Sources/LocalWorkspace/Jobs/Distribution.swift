internal import Digest
internal import Subprocess
internal import Workspace

/// The processes of a distributed job, all of them on this machine, and what each is told of the others.
struct Distribution: Equatable {
    /// The variables of each process; one process is the usual case.
    let processes: [[String: String]]

    private static let limit = 64

    /// - Parameters:
    ///   - fields: the job's.
    ///   - port: where the first process may listen for the others.
    /// - Throws: ``WorkspaceError`` for a way of distributing that is not there.
    init(_ fields: JSONValue, port: () -> Int) throws {
        guard let field = fields["distribution"], let type = field["type"]?.stringValue?.lowercased() else {
            processes = [[:]]
            return
        }
        func number(_ key: String, _ normal: Int) throws -> Int {
            guard let value = field[key], !value.isNull else { return normal }
            guard let number = value.intValue ?? value.stringValue.flatMap({ Int($0) }), 1...Self.limit ~= number else {
                throw WorkspaceError(.invalid, "distribution.\(key) must be a number from 1 to \(Self.limit)")
            }
            return number
        }
        switch type {
        case "pytorch":
            let count = try number("process_count_per_instance", 1)
            let address = ["MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port())", "NODE_RANK": "0"]
            processes = (0..<count).map { rank in
                address.merging([
                    "RANK": "\(rank)", "LOCAL_RANK": "\(rank)", "WORLD_SIZE": "\(count)",
                    "LOCAL_WORLD_SIZE": "\(count)",
                ]) { $1 }
            }
        case "mpi":
            guard try number("process_count_per_instance", 1) == 1 else {
                throw WorkspaceError(
                    .unsupported,
                    "distribution mpi with several processes is not run by the embedded workspace; Azure ML takes it")
            }
            processes = [
                ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_LOCAL_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"]
            ]
        case "tensorflow":
            guard
                try field["parameter_server_count"].map({ _ in try number("parameter_server_count", 1) }) == nil
                    || field["parameter_server_count"]?.intValue == 0
            else {
                throw WorkspaceError(
                    .unsupported,
                    "distribution tensorflow with parameter servers is not run by the embedded workspace; Azure ML takes it"
                )
            }
            let count = try number("worker_count", 1)
            let workers = (0..<count).map { _ in JSONValue.string("127.0.0.1:\(port())") }
            processes = (0..<count).map { index in
                let config: JSONValue = [
                    "cluster": ["worker": .array(workers)], "environment": "cloud",
                    "task": ["type": "worker", "index": .int(Int64(index))],
                ]
                return ["TF_CONFIG": config.canonicalText]
            }
        default:
            throw WorkspaceError(
                .unsupported,
                "distribution \(type.prefix(40)) is not run by the embedded workspace; Azure ML takes it")
        }
    }

    /// The program that runs a command once for each process, and ends all of them when one fails.
    ///
    /// - Parameter shell: bash, for several processes.
    func arguments(shell: String, command: String) -> [String] {
        guard processes.count > 1 else { return [shell, "-c", command] }
        let starts = processes.map { variables in
            let exports = variables.sorted { $0.key < $1.key }.map { " \($0.key)='\($0.value)'" }.joined()
            return "(export\(exports); run \"$0\" \"$1\") & all=\"$all $!\"\n"
        }
        // The first that fails tells the shell, which waits for them in their order, and so would not see it.
        let script =
            """
            failed=$(mktemp)
            run() {
                "$1" -c "$2" || { echo $? > "$failed"; kill -USR1 $$; }
            }
            give_up() {
                kill $(jobs -p) 2>/dev/null
                exit $(cat "$failed")
            }
            trap give_up USR1
            all=

            """ + starts.joined() + """
                for one in $all; do wait $one; done
                if [ -s "$failed" ]; then give_up; fi
                """
        return [shell, "-c", script, shell, command]
    }
}
