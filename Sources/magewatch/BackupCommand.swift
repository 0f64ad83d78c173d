import ArgumentParser
import Foundation

/// `magewatch backup`: has a running monitor copy its metrics and logs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the metrics and logs of a running monitor.",
        discussion: """
            The monitor makes the copy in the folder "snapshots" of its data directory and goes on meanwhile: metrics as of one moment, logs
            as of one shortly after. What it had acknowledged before is in it. Blocks are linked, so it takes hardly any room until they are merged or removed; take it elsewhere with any tool
            for files, and put it back with "magewatch restore". The monitor must allow it with api.admin.

            EXAMPLES
              magewatch backup
              magewatch backup --api http://10.0.0.2:7101 --without-head
            """)

    @OptionGroup var monitor: MonitorOptions

    @Flag(help: "Leave out samples that are in no block yet: the last hours.")
    var withoutHead = false

    func run() async throws {
        struct Answer: Decodable {
            struct Copy: Decodable { var name: String }
            var data: Copy
        }
        let parameters = withoutHead ? "?skip_head=true" : ""
        let body = try await monitor.client.post("/api/v1/admin/tsdb/snapshot" + parameters)
        print("snapshots/\(try JSONDecoder().decode(Answer.self, from: body).data.name)")
    }
}
