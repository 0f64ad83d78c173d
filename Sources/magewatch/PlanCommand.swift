import AgentContract
import ArgumentParser
import Foundation

/// `magewatch plan`: what the scaler did, does and would do, and why.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "What the scaler did and why.",
        discussion: """
            EXAMPLES
              magewatch plan list                  the latest plans, one a line
              magewatch plan show ID               a plan's steps, with their outcomes and times
              magewatch plan show ID --follow      the same as it happens, until it is over
              magewatch plan cancel ID             stop it, and take back what it has done
              magewatch plan explain ID            why it was made, what else was weighed, what it costs
              magewatch plan approve ID            let a proposed plan run (scaler mode ask, two-person rule)
              magewatch plan reject ID --why …     drop it
            """,
        subcommands: [List.self, Show.self, Explain.self, Approve.self, Reject.self, Cancel.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The latest plans, one a line.")

        @Option(help: "Most plans.")
        var limit = 20

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let plans = try await monitor.client.decode(
                [PlanReport].self, "/api/magewatch/v1/plans", [("limit", "\(limit)")])
            guard !plans.isEmpty else {
                print("no plans yet: no alert with an action has fired")
                return
            }
            for report in plans { print(PlanText.line(report)) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A plan's steps, with their outcomes and times.")

        @Argument(help: "The plan's id.")
        var id: String

        @Flag(help: "Print what happens as it happens, until the plan is over; exit status 1 where it was not done.")
        var follow = false

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            if follow { return try await PlanFollower(monitor: monitor).follow(id) }
            let report = try await monitor.client.decode(PlanReport.self, "/api/magewatch/v1/plans/\(id)")
            print(PlanText.line(report))
            for step in report.steps { print(PlanText.line(step)) }
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Why a plan was made: the alert, the forecast, what else was weighed, what it costs.")

        @Argument(help: "The plan's id.")
        var id: String

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let report = try await monitor.client.decode(PlanReport.self, "/api/magewatch/v1/plans/\(id)")
            for line in PlanText.explanation(report) { print(line) }
        }
    }
}

/// Plans as text.
enum PlanText {
    /// `1.25 s`; nil for a plan that is not over.
    static func seconds(_ report: PlanReport) -> String? {
        let seconds = report.startedAt.flatMap { start in report.finishedAt.map { Double($0 - start) / 1000 } }
        return seconds.map { "\(String(format: "%.2f", $0)) s" }
    }

    /// What would be done.
    static func dryRun(_ report: PlanReport) -> [String] {
        let decision = report.plan.decision
        var lines = ["would \(decision.summary)"]
        lines += decision.evidence.filter { $0.name != "order" }.map { "  \($0.name): \($0.text)" }
        if decision.billedPeriods > 0 { lines.append("  cost: \(decision.billedPeriods) billed period(s)") }
        let width = String(report.steps.count).count
        for (index, step) in report.plan.steps.enumerated() {
            let number = String(index + 1)
            lines.append("  \(String(repeating: " ", count: width - number.count))\(number). \(step.detail)")
        }
        return lines + ["nothing was done"]
    }

    static func line(_ report: PlanReport) -> String {
        let duration = seconds(report).map { " in \($0)" } ?? ""
        let time = QueryAnswer.clock(Double(report.plan.createdAt) / 1000)
        let waits = report.state == "proposed" ? report.plan.approval.map(approval) ?? "" : ""
        return
            "\(time)  \(report.plan.id)  \(report.plan.purpose.rawValue)  \(report.state)\(waits)\(duration)  \(report.plan.decision.summary)"
    }

    /// ` (1 of 2 approved: ann)`.
    private static func approval(_ approval: PlanApproval) -> String {
        let given = approval.given.isEmpty ? "" : ": " + approval.given.joined(separator: ", ")
        return " (\(approval.given.count) of \(approval.needed) approved\(given))"
    }

    static func line(_ step: PlanReport.StepReport) -> String {
        let milliseconds = step.startedAt.flatMap { start in step.finishedAt.map { $0 - start } }
        let duration = milliseconds.map { "\($0) ms" } ?? ""
        let number = String(step.index + 1)
        return
            "  \(String(repeating: " ", count: max(0, 2 - number.count)))\(number). \(step.summary): \(step.outcome) \(duration) \(step.message)"
    }

    static func explanation(_ report: PlanReport) -> [String] {
        let decision = report.plan.decision
        var lines = ["\(report.plan.purpose.rawValue) \(report.plan.id): \(decision.summary)", "", "Evidence"]
        lines += decision.evidence.map { "  \($0.name): \($0.text)" }
        lines +=
            ["", "Weighed"]
            + (decision.alternatives.isEmpty ? ["  nothing else was possible"] : decision.alternatives.map { "  \($0)" })
        lines += [
            "", "Otherwise", "  \(decision.otherwise)", "", "Cost", "  \(decision.billedPeriods) billed period(s)", "", "Steps",
        ]
        return lines + report.steps.map(line)
    }
}
