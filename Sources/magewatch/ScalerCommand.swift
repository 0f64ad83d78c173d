import AgentContract
import ArgumentParser
import Foundation
import Topology

/// `magewatch scaler`: how the scaler is bounded, and what became of what it did.
struct ScalerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaler", abstract: "The scaler's bounds, and what became of its decisions.",
        discussion: """
            EXAMPLES
              magewatch scaler                                         modes, guard rails with their figures, freezes
              magewatch scaler freeze --for 2h --why "the shop moves"  leave everything as it is
              magewatch scaler freeze --role web --for 1d --why "load test"
              magewatch scaler thaw                                    go on; earlier failures are forgiven
              magewatch scaler report --since 7d                       every decision beside what happened, and other policies
            """,
        subcommands: [Status.self, Freeze.self, Thaw.self, ScalerReportCommand.self], defaultSubcommand: Status.self)

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Modes, guard rails with their figures, freezes and stand-downs.")

        @Option(help: "text or json.")
        var output: OutputForm = .text

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let data = try await monitor.client.get("/api/magewatch/v1/scaler")
            if output == .json { return print(String(decoding: data, as: UTF8.self)) }
            ScalerText.lines(try JSONDecoder().decode(ScalerStatus.self, from: data)).forEach { print($0) }
        }
    }

    struct Freeze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Leave things as they are for a time.",
            discussion: """
                Nothing is scaled out, given back or scheduled meanwhile. Failovers and bans go on, unless --everything is said. What operators
                order is carried out as ever. A freeze is remembered over a restart.

                EXAMPLES
                  magewatch scaler freeze --for 2h --why "the shop moves"
                  magewatch scaler freeze --role web --for 1d --why "load test"
                """)

        @Option(name: .customLong("for"), help: "How long, such as 2h; at most 90d.")
        var duration: String

        @Option(help: "The reason, for the others.")
        var why: String

        @Option(help: "Only this role.")
        var role: String?

        @Flag(help: "Leave failovers, strays and bans to people, too.")
        var everything = false

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            var parameters = [("for", duration), ("why", why), ("by", NSUserName())]
            if let role { parameters.append(("role", role)) }
            if everything { parameters.append(("everything", "true")) }
            let data = try await monitor.client.post("/api/magewatch/v1/scaler/freeze", parameters)
            ScalerText.freezes(try JSONDecoder().decode(ScalerStatus.self, from: data)).forEach { print($0) }
        }
    }

    struct Thaw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End freezes and stand-downs.",
            discussion: """
                EXAMPLES
                  magewatch scaler thaw
                  magewatch scaler thaw --role web
                """)

        @Option(help: "Only what was frozen for this role.")
        var role: String?

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let parameters = [("by", NSUserName())] + (role.map { [("role", $0)] } ?? [])
            let data = try await monitor.client.post("/api/magewatch/v1/scaler/thaw", parameters)
            let ended = try JSONDecoder().decode([String: Int].self, from: data)["ended"] ?? 0
            print("\(ended) freeze(s) ended; earlier failures no longer hold anything")
        }
    }
}

/// The scaler's bounds as text.
enum ScalerText {
    static func lines(_ status: ScalerStatus) -> [String] {
        var rows = [["role", "mode", "containers", "minimum", "maximum"]]
        for role in status.roles {
            rows.append([role.role.rawValue, role.mode, "\(role.containers)", "\(role.minimum)", "\(role.maximum)"])
        }
        var lines = status.roles.isEmpty ? ["mode \(status.mode); no role may be scaled"] : [TextTable(rows).text]
        for role in status.roles { lines += role.stoodDown.map { "stood down from \(role.role.rawValue): \($0)" } }
        lines += ["", TextTable([["guard rail", "used", "limit", "of"]] + status.rails.map(row)).text]
        lines += [""] + freezes(status)
        if !status.proposed.isEmpty {
            lines += ["", "wait for magewatch plan approve ID, or reject ID:"] + status.proposed.map { "  \($0)" }
        }
        return lines
    }

    static func freezes(_ status: ScalerStatus) -> [String] {
        guard !status.freezes.isEmpty else { return ["nothing is frozen"] }
        return status.freezes.map { freeze in
            "frozen until \(time(freeze.until)): \(freeze.summary)"
        }
    }

    private static func row(_ rail: ScalerStatus.Rail) -> [String] {
        [rail.key, rail.used.map(number) ?? "", number(rail.limit), rail.unit]
    }

    /// `3`, `0.5`, `12.25`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : String(format: "%.2f", value)
    }

    /// `2026-11-29 18:00`, in this machine's zone.
    static func time(_ milliseconds: Int64) -> String {
        let formatter = DateFormatter()
        formatter.dateFormat = "yyyy-MM-dd HH:mm"
        return formatter.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }
}
