internal import Digest
internal import FoundationEssentials
internal import Glibc
package import HTTPServer
package import Subprocess
internal import TimeKeeping
internal import Workspace

/// The files by which a running service is found and trusted; only their owner can read them.
package struct ServiceFolder: Sendable {
    package let path: String

    private let stateDirectory: String

    package init(stateDirectory: String) {
        self.stateDirectory = stateDirectory
        path = "\(stateDirectory)/serve"
    }

    /// Makes the folder, and closes it and all state to everybody else: what the service guards lies there in files.
    package func prepare() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        chmod(stateDirectory, 0o700)
        guard chmod(path, 0o700) == 0 else {
            throw WorkspaceError(.broken, "\(path) cannot be closed to others: \(String(cString: strerror(errno)))")
        }
    }

    private func write(_ text: String, to name: String) throws {
        let target = "\(path)/\(name)"
        let draft = "\(target).\(getpid()).part"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw WorkspaceError(.broken, "\(target) cannot be written") }
        let bytes = Array(text.utf8)
        let count = Glibc.write(file, bytes, bytes.count)
        close(file)
        guard count == bytes.count, rename(draft, target) == 0 else {
            throw WorkspaceError(.broken, "\(target) cannot be written")
        }
    }

    private func read(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Session

    /// How the running service is reached.
    package struct Session: Sendable, Equatable {
        package var base: String
        package var identityHeader: String
        package var process: ProcessIdentity?

        package init(base: String, identityHeader: String, process: ProcessIdentity?) {
            self.base = base
            self.identityHeader = identityHeader
            self.process = process
        }
    }

    package func note(_ session: Session) throws {
        var value: JSONValue = ["base": .string(session.base), "identity_header": .string(session.identityHeader)]
        if let process = session.process {
            value["process"] = [
                "pid": .int(Int64(process.pid)), "start": .string("\(process.startTime)"),
                "boot": .string(process.bootID),
            ]
        }
        try write(value.canonicalText, to: "session.json")
    }

    package func forget() { unlink("\(path)/session.json") }

    /// The service that runs now, or nil.
    package func session() -> Session? {
        guard let text = read("session.json"), let value = try? JSONParser.parse(text),
            let base = value["base"]?.stringValue, let header = value["identity_header"]?.stringValue,
            let pid = value["process"]?["pid"]?.intValue,
            let start = value["process"]?["start"]?.stringValue.flatMap({ UInt64($0) })
        else { return nil }
        let process = ProcessIdentity(
            pid: Int32(clamping: pid), startTime: start, bootID: value["process"]?["boot"]?.stringValue ?? "")
        guard process.isAlive else { return nil }
        return Session(base: base, identityHeader: header, process: process)
    }

    // MARK: Certificates

    /// The certificates a client must trust: ours, and what the machine trusts anyway.
    package var bundle: String { "\(path)/bundle.pem" }

    /// The certificate for a host, made with an authority of its own when there is none, or it soon ends.
    ///
    /// The authority's key is thrown away once it has signed: nobody can make another certificate with it.
    package func certificate(host: String, now: Int64) async throws -> HTTPServer.TLS {
        if read("host") == host, let made = read("made").flatMap({ Int64($0) }), now - made < 180 * 86_400,
            let certificate = read("server.pem"), let key = read("server.key"), read("bundle.pem") != nil
        {
            return HTTPServer.TLS(certificate: certificate, key: key)
        }
        let folder = "\(path)/making"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        chmod(folder, 0o700)
        let isNumeric = host.contains(":") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
        let name = isNumeric ? "IP:\(host)" : "DNS:\(host)"
        let names = Set([name, "IP:127.0.0.1", "IP:::1", "DNS:localhost"]).sorted().joined(separator: ",")
        let extensions = """
            basicConstraints=critical,CA:FALSE
            keyUsage=critical,digitalSignature
            extendedKeyUsage=serverAuth
            subjectAltName=\(names)

            """
        try Data(extensions.utf8).write(to: URL(filePath: "\(folder)/extensions"))
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try await openssl(
            ["req", "-x509"] + curve + [
                "-keyout", "ca.key", "-out", "ca.pem", "-days", "400", "-subj", "/CN=reconcile workspace serve",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            ], in: folder)
        try await openssl(
            ["req"] + curve + ["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=reconcile"], in: folder)
        try await openssl(
            [
                "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "390", "-sha256", "-extfile", "extensions", "-out", "server.pem",
            ], in: folder)
        func text(_ name: String) throws -> String {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                throw WorkspaceError(.broken, "openssl has made no \(name)")
            }
            return String(decoding: data, as: UTF8.self)
        }
        let tls = HTTPServer.TLS(certificate: try text("server.pem"), key: try text("server.key"))
        let others = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
            .lazy.compactMap { FileManager.default.contents(atPath: $0) }.first
        try write(tls.certificate, to: "server.pem")
        try write(tls.key, to: "server.key")
        try write(try text("ca.pem"), to: "ca.pem")
        try write(try text("ca.pem") + String(decoding: others ?? Data(), as: UTF8.self), to: "bundle.pem")
        try write(host, to: "host")
        try write("\(now)", to: "made")
        return tls
    }

    private func openssl(_ arguments: [String], in folder: String) async throws {
        let output: Subprocess.Output
        do {
            output = try await Subprocess.run(
                ["openssl"] + arguments, workingDirectory: folder, timeout: .seconds(60), outputLimit: 1 << 16)
        } catch {
            throw WorkspaceError(.broken, "openssl, which makes the certificates, cannot be run: \(error)")
        }
        guard output.status.isSuccess else {
            throw WorkspaceError(
                .broken, "openssl \(arguments.first ?? "") failed: \(output.errorText.suffix(300))")
        }
    }
}
