import AgentContract
import ArgumentParser
import Foundation

/// What every order takes.
struct OrderOptions: ParsableArguments {
    @Flag(help: "Show exactly what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "Return once the order is taken, without waiting for its end.")
    var noWait = false

    @Flag(help: "Go below the role's minimum of containers that serve.")
    var force = false

    @OptionGroup var monitor: MonitorOptions

    /// Gives the order and tells its plan: what would be done, or how it goes until it is over.
    func give(_ order: String, _ parameters: [(String, String)]) async throws {
        var all = [("order", order), ("by", NSUserName())] + parameters
        if dryRun { all.append(("dry_run", "true")) }
        if force { all.append(("force", "true")) }
        let answer = try await monitor.client.post("/api/magewatch/v1/orders", all)
        let report = try JSONDecoder().decode(PlanReport.self, from: answer)
        if dryRun {
            PlanText.dryRun(report).forEach { print($0) }
        } else if report.state == "proposed" {
            print("plan \(report.plan.id) waits for another's word: magewatch plan approve \(report.plan.id), or reject")
        } else if noWait {
            print("plan \(report.plan.id) is taken; magewatch plan show \(report.plan.id) --follow tells how far it is")
        } else {
            try await PlanFollower(monitor: monitor).follow(report.plan.id)
        }
    }
}

/// Prints how a plan goes, line by line, until it is over.
struct PlanFollower {
    let monitor: MonitorOptions
    /// The state that it is to come to.
    var expected = "done"

    /// - Throws: `ExitCode.failure` where the plan did not come to its end as ordered.
    func follow(_ id: String) async throws {
        var told: [Int: String] = [:]
        var latest: PlanReport?
        for try await line in monitor.client.lines("/api/magewatch/v1/plans/\(id)/follow") {
            let report = try JSONDecoder().decode(PlanReport.self, from: Data(line.utf8))
            if latest == nil { print("\(report.plan.id): \(report.plan.decision.summary)") }
            for step in report.steps where step.outcome != "waiting" && told[step.index] != step.outcome {
                told[step.index] = step.outcome
                print(PlanText.line(step))
            }
            // Whoever reads a pipe sees each line as it comes.
            fflush(nil)
            latest = report
        }
        guard let latest else { throw CommandFailure("the monitor ended the answer before it told anything of plan \(id)") }
        print("\(latest.state)" + (PlanText.seconds(latest).map { " in \($0)" } ?? ""))
        guard latest.state == expected else { throw ExitCode.failure }
    }
}
