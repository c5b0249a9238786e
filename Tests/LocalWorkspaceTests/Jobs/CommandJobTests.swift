import AssetSchema
import Digest
import Foundation
import HTTPServer
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Command jobs as people write them, really run")
struct CommandJobTests {
    @Test("An input at an address is fetched, and one that is not there fails the job with its answer")
    func address() async throws {
        let server = try HTTPServer.start { request in
            request.path == "/data/iris.csv" ? .text("1,2\n") : .text("nothing", status: 404)
        }
        let fixture = try WorkspaceFixture()
        func input(_ path: String) -> [String: JSONValue] {
            ["inputs": ["iris": ["type": "uri_file", "path": .string("http://127.0.0.1:\(server.port)\(path)")]]]
        }
        let (draft, content) = fixture.draft(
            "r", "basename ${{inputs.iris}}; cat ${{inputs.iris}}", fields: input("/data/iris.csv?sig=1"))
        let job = try await fixture.run(draft, content)
        #expect(job.status == .completed, "\(fixture.log("r"))")
        #expect(fixture.log("r").hasPrefix("iris.csv\n1,2\n"))
        let (missing, _) = fixture.draft("m", "true", fields: input("/none"))
        let failed = try await fixture.run(missing, content)
        #expect(failed.error == "the input iris, http://127.0.0.1:\(server.port)/none, answers 404 Not Found")
        await server.stop(grace: .zero)
    }

    @Test("What one job writes to a datastore, another reads; an output with a name becomes a data asset")
    func datastore() async throws {
        let fixture = try WorkspaceFixture()
        let path = JSONValue.string("azureml://datastores/workspaceblobstore/paths/shared/${{name}}/x.txt")
        let (writer, content) = fixture.draft(
            "w", "echo hello > ${{outputs.file}}; echo more > ${{outputs.folder}}/y",
            fields: [
                "outputs": [
                    "file": ["type": "uri_file", "path": path],
                    "folder": ["type": "uri_folder", "name": "made", "version": "7"],
                ]
            ])
        #expect(try await fixture.run(writer, content).status == .completed, "\(fixture.log("w"))")
        let (reader, _) = fixture.draft(
            "r", "cat ${{inputs.folder}}/w/x.txt ${{inputs.made}}/y",
            fields: [
                "inputs": [
                    "folder": ["type": "uri_folder", "path": "azureml://datastores/workspaceblobstore/paths/shared"],
                    "made": ["type": "uri_folder", "path": "azureml:made:7"],
                ]
            ])
        #expect(try await fixture.run(reader, content).status == .completed, "\(fixture.log("r"))")
        #expect(fixture.log("r").hasPrefix("hello\nmore\n"))
        let (lost, _) = fixture.draft(
            "l", "true",
            fields: [
                "inputs": ["x": ["type": "uri_file", "path": "azureml://datastores/workspaceblobstore/paths/none.csv"]]
            ])
        let error = try await fixture.run(lost, content).error
        #expect(
            error?.hasPrefix("there is no none.csv in the datastore workspaceblobstore; its files stand under ") == true
        )
        #expect(DatastorePath("azureml://datastores/x/paths/../../etc") == nil)
        #expect(
            DatastorePath("azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/x/paths/a/b")
                == DatastorePath("azureml://datastores/x/paths/a/b"))
    }

    @Test("A distributed job is so many processes that know of each other, and ends with the first that fails")
    func distribution() async throws {
        let fixture = try WorkspaceFixture()
        let torch: JSONValue = ["type": "pytorch", "process_count_per_instance": 2]
        let (draft, content) = fixture.draft(
            "d", "echo \"it's $RANK of $WORLD_SIZE\" > outputs/$RANK",
            fields: ["distribution": torch, "resources": ["instance_count": 4]], files: ["outputs/x": ""])
        #expect(try await fixture.run(draft, content).status == .completed, "\(fixture.log("d"))")
        let tree = try #require(try fixture.workspace.store().job("d")?.results["artifacts"])
        let said = try ["outputs/0", "outputs/1"].map {
            String(decoding: try fixture.workspace.content.bytes(tree, $0) ?? [], as: UTF8.self)
        }
        #expect(said == ["it's 0 of 2\n", "it's 1 of 2\n"])
        #expect(fixture.log("d").contains("note: the job asks for 4 machines; the embedded workspace has this one"))
        let (bad, _) = fixture.draft(
            "b", "[ $RANK = 0 ] && sleep 1000; echo lost; exit 7", fields: ["distribution": torch])
        #expect(try await fixture.run(bad, content).error == "exited with status 7: lost")
        let (flow, _) = fixture.draft(
            "t", "echo $TF_CONFIG", fields: ["distribution": ["type": "tensorflow", "worker_count": 1]])
        #expect(try await fixture.run(flow, content).status == .completed)
        #expect(fixture.log("t").contains("\"task\":{\"index\":0,\"type\":\"worker\"}"))
        for refused: JSONValue in [["type": "ray"], ["type": "mpi", "process_count_per_instance": 2]] {
            let (draft, _) = fixture.draft("x", "true", fields: ["distribution": refused])
            await #expect(throws: WorkspaceError.self) {
                try await fixture.workspace.perform(.submitJob(draft), content: content)
            }
        }
    }

    @Test("A command in R runs where R is, and says so where it is not")
    func rscript() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft("r", "Rscript train.R", files: ["train.R": "cat('trained\\n')"])
        let job = try await fixture.run(draft, content)
        let isThere = ["/usr/local/bin", "/usr/bin", "/bin"].contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/Rscript")
        }
        if isThere {
            #expect(fixture.log("r").contains("trained"))
        } else {
            #expect(
                job.error
                    == "the command runs Rscript, which is not on this machine; install R, or run the job on Azure ML")
        }
    }
}
