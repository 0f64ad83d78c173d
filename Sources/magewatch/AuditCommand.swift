import AgentContract
import ArgumentParser

/// `magewatch audit`: who did what, and whether the record of it is whole.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who ordered what, what was done, and whether the record of it is whole.",
        discussion: """
            Every order, plan, step and ban is a line that carries the hash of the line before it.

            EXAMPLES
              magewatch audit                            the latest lines
              magewatch audit list --limit 500
              magewatch audit verify                     any line altered, removed or moved is found
              magewatch audit verify --noted 1234:9f0c…  also that the log was not written anew since then
            """,
        subcommands: [List.self, Verify.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The latest lines, the newest last.")

        @Option(help: "Most lines.") var limit = 50
        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let lines = try await monitor.client.decode([AuditLine].self, "/api/magewatch/v1/audit", [("limit", "\(limit)")])
            for line in lines.reversed() {
                let time = QueryAnswer.clock(Double(line.time) / 1000)
                print("\(line.sequence)  \(time)  \(line.actor)  \(line.kind)  \(line.subject)  \(line.detail)")
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look through the whole log; exit status 1 where a line is not as it was written.",
            discussion: """
                Whoever can write the monitor's state file could write a whole new log. Note the head that this prints down on another
                machine, and give it with --noted the next time.

                EXAMPLES
                  magewatch audit verify
                """)

        @Option(help: "The head that an earlier look printed.") var noted: String?
        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let found = try await monitor.client.decode(
                AuditFinding.self, "/api/magewatch/v1/audit/verify", noted.map { [("noted", $0)] } ?? [])
            if let problem = found.problem {
                throw CommandFailure("the audit log is not as it was written: \(problem). In order up to \(found.head)")
            }
            print("\(found.lines) lines in order; head \(found.head)")
        }
    }
}
