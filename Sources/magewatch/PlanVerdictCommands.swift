import AgentContract
import ArgumentParser
import Foundation

extension PlanCommand {
    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a proposed plan run, or is one word of those it needs.",
            discussion: """
                In mode ask every plan of the scaler waits for it. Under the two-person rule (scaler.two-person) an operator's order waits for
                another's word, and a plan of the scaler for two people's.

                EXAMPLES
                  magewatch plan approve ID
                """)

        @Argument(help: "The plan's id.")
        var id: String

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let data = try await monitor.client.post("/api/magewatch/v1/plans/\(id)/approve", [("by", NSUserName())])
            let report = try JSONDecoder().decode(PlanReport.self, from: data)
            guard report.state == "proposed" else {
                return print("plan \(id) runs; magewatch plan show \(id) tells how far it is")
            }
            let missing = report.plan.approval.map { $0.needed - $0.given.count } ?? 1
            print("noted; plan \(id) waits for \(missing) more to approve it")
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drops a proposed plan; nothing of the kind is proposed for a quarter of an hour.",
            discussion: """
                EXAMPLES
                  magewatch plan reject ID --why "the campaign was called off"
                """)

        @Argument(help: "The plan's id.")
        var id: String

        @Option(help: "The reason, for the others.")
        var why = ""

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            _ = try await monitor.client.post(
                "/api/magewatch/v1/plans/\(id)/reject", [("by", NSUserName()), ("why", why)])
            print("plan \(id) is dropped")
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stops a plan: one that waits is dropped, one that runs is taken back after the step under way.",
            discussion: """
                EXAMPLES
                  magewatch plan cancel ID
                """)

        @Argument(help: "The plan's id.")
        var id: String

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            _ = try await monitor.client.post("/api/magewatch/v1/plans/\(id)/cancel", [("by", NSUserName())])
            try await PlanFollower(monitor: monitor, expected: "cancelled").follow(id)
        }
    }
}
