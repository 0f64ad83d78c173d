import AgentContract
import ArgumentParser
import Foundation
import Monitor
import Parsing
import WAF

/// What a `waf` command reads: logs, or what the running monitor has seen.
struct WafLogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read logs of this format, files or standard input, instead of asking the monitor; `access` recognises nginx, Apache, Varnish and HAProxy.",
            valueName: "format"))
    var log: WafLogFormat?

    @Option(help: "Paranoia level, 1 to 4; the monitor has its own.")
    var level = 1

    @Argument(help: "Logs, oldest first; standard input where there is none and --log is given.")
    var files: [String] = []

    @OptionGroup var monitor: MonitorOptions

    func validate() throws {
        guard log ?? .access == .access else { throw ValidationError("this reads access logs; `waf test` reads modsec") }
        guard (1...4).contains(level) else { throw ValidationError("--level is 1 to 4") }
    }

    /// Whether logs are read, and not the monitor.
    var readsLogs: Bool { log != nil || !files.isEmpty }

    /// Hands over each line, without its end.
    func forEachLine(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        for file in files.isEmpty ? ["-"] : files {
            var reader = try LineReader(file)
            while let line = reader.next() { try body(line) }
        }
    }

    /// Counts and timeline.
    func summary() async throws -> AttackSummary {
        readsLogs
            ? AttackSummary(try ledger()) : try await monitor.client.decode(AttackSummary.self, "/api/magewatch/v1/waf/summary")
    }

    /// Counts, and the worst offenders.
    func report(limit: Int) async throws -> (summary: AttackSummary, offenders: [OffenderReport]) {
        if readsLogs {
            let ledger = try ledger()
            return (AttackSummary(ledger), ledger.ranking.prefix(limit).map(OffenderReport.init))
        }
        let offenders = try await monitor.client.decode(
            [OffenderReport].self, "/api/magewatch/v1/waf/offenders", [("limit", "\(limit)")])
        return (try await summary(), offenders)
    }

    /// Offenders that are one.
    func campaigns() async throws -> [CampaignReport] {
        readsLogs
            ? try ledger().campaigns.map(CampaignReport.init)
            : try await monitor.client.decode([CampaignReport].self, "/api/magewatch/v1/waf/campaigns")
    }

    /// What is held against a client; nil where nothing is.
    func offender(_ address: String) async throws -> OffenderReport? {
        guard let client = ClientAddress.network(of: Array(address.utf8)[...]) else {
            throw CommandFailure("\(address) is no address")
        }
        if readsLogs { return try ledger().offenders[client].map(OffenderReport.init) }
        return try await monitor.client.decode(OffenderReport.self, "/api/magewatch/v1/waf/offender", [("address", address)])
    }

    /// What the logs tell of attacks.
    private func ledger() throws -> AttackLedger {
        var ledger = AttackLedger(level: level)
        try forEachLine { ledger.take(accessLine: $0) }
        return ledger
    }
}

/// A time as people write it, UTC.
func wafTime(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
}
