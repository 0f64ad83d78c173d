import AgentContract
import ArgumentParser
import Foundation
import Topology

/// `magewatch scaler report`: what the scaler saved and what it missed.
struct ScalerReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Every decision beside what happened after it, and other policies on the same demand.",
        discussion: """
            `actual` is what was really done, by the ledger; the others replay the recorded demand with the code of magewatch simulate:
            magewatch as it decides today, Kubernetes' autoscaler at 70 % (also keeping paid periods), the peak's servers all the time, and
            perfect knowledge. A decision is judged by the billed period after it.

            EXAMPLES
              magewatch scaler report
              magewatch scaler report --since 30d --role web --output json
            """)

    @Option(help: "How far back.")
    var since = "7d"

    @Option(help: "Only this role.")
    var role: String?

    @Option(help: "Most decisions shown, the latest; 0 for none.")
    var decisions = 30

    @Option(help: "text or json.")
    var output: OutputForm = .text

    @OptionGroup var monitor: MonitorOptions

    func run() async throws {
        let seconds = try DurationText.seconds(since)
        let parameters = [("since", "\(Int(seconds.rounded(.up)))s")] + (role.map { [("role", $0)] } ?? [])
        let data = try await monitor.client.get("/api/magewatch/v1/scaler/report", parameters)
        if output == .json { return print(String(decoding: data, as: UTF8.self)) }
        let report = try JSONDecoder().decode(ScalerReport.self, from: data)
        ScalerReportText(report: report, maximumDecisions: max(0, decisions)).lines.forEach { print($0) }
    }
}

/// A report as text.
struct ScalerReportText {
    let report: ScalerReport
    let maximumDecisions: Int

    var lines: [String] {
        var lines = [
            "\(ScalerText.time(report.from)) to \(ScalerText.time(report.until)): \(report.billedPeriods) billed period(s), "
                + "\(money(report.money)) by the ledger"
        ]
        if report.pricePerServerHour == 0 {
            lines.append("nothing costs anything: set scaler.price-per-server-hour in the configuration")
        }
        guard !report.roles.isEmpty else { return lines + ["no role was sized in that time"] }
        return lines + report.roles.flatMap { [""] + role($0) }
    }

    private func role(_ role: ScalerReport.RoleReport) -> [String] {
        var rows = [["\(role.role.rawValue)", "saturated min", "share %", "unserved %", "server periods", report.currency]]
        for policy in role.policies {
            rows.append([
                policy.name, String(format: "%.0f", policy.saturatedMinutes), String(format: "%.3f", policy.saturatedShare * 100),
                String(format: "%.4f", policy.unservedShare * 100), String(format: "%.1f", policy.periods),
                String(format: "%.2f", policy.money),
            ])
        }
        let server = role.containersPerServer == 1 ? "one container" : "\(role.containersPerServer) containers"
        var lines = [
            "\(ForecastText.duration(role.days * 86_400)) measured; "
                + "\(role.ownedContainers) containers of its own; a server takes \(server), and replays are priced by that",
            TextTable(rows).text,
        ]
        lines += ["static", "hpa-70", "hpa-70-paid-hour"].compactMap { comparison(role.policies, with: $0) }
        lines += decisions(role.decisions)
        return lines
    }

    /// `against static: saved 12.00 EUR, 3 saturated minutes more`.
    private func comparison(_ policies: [ScalerReport.Policy], with name: String) -> String? {
        guard let actual = policies.first(where: { $0.name == "actual" }), let other = policies.first(where: { $0.name == name })
        else { return nil }
        let saved = other.money - actual.money
        let minutes = Int((actual.saturatedMinutes - other.saturatedMinutes).rounded())
        let cost = saved >= 0 ? "saved \(money(saved))" : "cost \(money(-saved)) more"
        let short =
            minutes == 0 ? "as many saturated minutes" : "\(abs(minutes)) saturated minutes \(minutes > 0 ? "more" : "fewer")"
        return "against \(name): \(cost), \(short)"
    }

    private func decisions(_ all: [ScalerReport.DecisionOutcome]) -> [String] {
        guard !all.isEmpty else { return ["no decisions"] }
        let regret = all.reduce(0) { $0 + $1.regretMoney }
        let late = all.reduce(0) { $0 + $1.saturatedBefore }
        var lines = [
            "\(all.count) decisions; for nothing \(money(regret)), \(late) saturated minutes before what was leased served"
        ]
        var rows = [["time", "change", "before", "demand", "peak after", "seconds", report.currency, "", "verdict"]]
        for one in all.suffix(maximumDecisions) {
            rows.append([
                ScalerText.time(one.time), one.change > 0 ? "+\(one.change)" : "\(one.change)", "\(one.containersBefore)",
                one.demandBefore.map { String(format: "%.2f", $0) } ?? "-",
                one.demandPeak.map { String(format: "%.2f", $0) } ?? "-",
                one.seconds.map { String(format: "%.0f", $0) } ?? "-", String(format: "%.2f", one.money), "  ", one.verdict,
            ])
        }
        if maximumDecisions > 0 { lines.append(TextTable(rows).text) }
        return lines
    }

    private func money(_ amount: Double) -> String { String(format: "%.2f ", amount) + report.currency }
}
