import AssetSchema
import Digest
import HTTPServer
import Testing
import TimeKeeping
import Workspace

@testable import AzureMLAPI

@Suite("Who gets in")
struct DoorTests {
    let secret = ServiceSecret()

    @Test("A token is good until it ends, and only where it was made")
    func tokens() {
        let (token, expires) = secret.token(audience: "https://127.0.0.1", at: 1_000)
        #expect(secret.accepts(token, at: 1_000))
        #expect(!secret.accepts(token, at: expires))
        #expect(!ServiceSecret().accepts(token, at: 1_000))
    }

    @Test("A token that was changed is none", arguments: ["", "a", "a.b", "a.b.c", "..", "a.b.c.d"])
    func forged(token: String) {
        #expect(!secret.accepts(token, at: 0))
        let parts = secret.token(audience: "x", at: 0).text.split(separator: ".")
        #expect(!secret.accepts("\(parts[0]).\(parts[1]).", at: 0))
        #expect(!secret.accepts("\(parts[0]).e30.\(parts[2])", at: 0))
    }

    @Test("HMAC gives what RFC 4231 says")
    func hmac() {
        let code = HMACSHA256.code(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(
            ContentDigest(bytes: code)?.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = HMACSHA256.code(
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            key: [UInt8](repeating: 0xaa, count: 131))
        #expect(
            ContentDigest(bytes: long)?.hex == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test("A signed URL opens its container, for what it permits, until it ends")
    func signedURLs() throws {
        let signature = StorageSignature(account: "acc", key: secret.accountKey("acc"), aliases: [])
        let query = signature.containerQuery("up", permissions: "rl", until: Timestamp(seconds: 1_000))
        func permits(_ method: String, _ path: String, _ extra: String = "", at now: Int64 = 0) throws -> Bool {
            let request = try HTTPRequest(method: method, target: "/acc/\(path)?\(query)\(extra)")
            return signature.permits(request, path: path, at: Timestamp(seconds: now))
        }
        #expect(try permits("GET", "up/file"))
        #expect(try permits("GET", "up", "&restype=container&comp=list"))
        #expect(try !permits("PUT", "up/file"))
        #expect(try !permits("GET", "other/file"))
        #expect(try !permits("GET", "up/file", at: 1_001))
        let blob = signature.blobQuery("up/file", until: Timestamp(seconds: 1_000))
        let other = try HTTPRequest(method: "GET", target: "/acc/up/other?\(blob)")
        #expect(!signature.permits(other, path: "up/other", at: Timestamp(seconds: 0)))
    }

    @Test("An operation is found again by its name")
    func operations() {
        let identity = WorkspaceIdentity(subscriptionID: "s", resourceGroup: "g", name: "w")
        let operation = LongOperation(kind: .onlineDeployment, name: "e", deployment: "blue", isDeletion: true)
        let found = LongOperation.parse(operation.id(in: identity), subscription: "s")
        #expect(found?.0.deployment == "blue")
        #expect(found?.0.isDeletion == true)
        #expect(found?.1 == identity)
        for bad in ["", "x", "e30", "W10"] { #expect(LongOperation.parse(bad, subscription: "s") == nil) }
    }

    @Test("Places in the datastore that stand for what the workspace holds")
    func places() {
        #expect(DatastorePlace("ExperimentRun/dcid.job/user_logs/") == .run("job"))
        #expect(DatastorePlace("azureml/job/model/x") == .output("job", "model"))
        #expect(DatastorePlace("assets/model/m/1/x") == .asset(.model, "m", "1"))
        #expect(DatastorePlace("LocalUpload/abc/x") == nil)
    }

    @Test("Dates of HTTP")
    func dates() {
        #expect(HTTPDate.text(Timestamp(seconds: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(Timestamp(seconds: 0)) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }
}
