import Glibc
import Subprocess

/// Finds the scoring processes of a deployment by the variable that marks them, also those nobody noted.
enum ScoringProcesses {
    /// The marker of one instance.
    static func marker(_ layout: DeploymentLayout, serial: Int) -> String { "\(layout.directory)#\(serial)" }

    /// Processes of a deployment that lead a group, by serial.
    static func find(_ layout: DeploymentLayout) -> [(serial: Int, process: ProcessIdentity)] {
        let mark = Array("\(ScoringProcess.marker)=\(layout.directory)#".utf8)
        return Files.list("/proc").compactMap { entry in
            guard let pid = Int32(entry), getpgid(pid) == pid,
                let variables = try? ServingFiles.read("/proc/\(entry)/environ", limit: 4 << 20),
                let identity = ProcessIdentity(of: pid)
            else { return nil }
            for variable in variables.split(separator: 0) where variable.starts(with: mark) {
                guard let serial = Int(String(decoding: variable.dropFirst(mark.count), as: UTF8.self)) else {
                    return nil
                }
                return (serial, identity)
            }
            return nil
        }
    }
}
