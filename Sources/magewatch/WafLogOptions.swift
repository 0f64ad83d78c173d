import AgentContract
import ArgumentParser
import Foundation
import Monitor
import Parsing
import StackConfiguration
import WAF

/// What a `waf` command reads: logs, or what the running monitor has seen.
struct WafLogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read logs of this format, files or standard input, instead of asking the monitor; `access` recognises nginx, Apache, Varnish and HAProxy, `any` error logs, audit logs and those of services, too.",
            valueName: "format"))
    var log: WafLogFormat?

    @Option(help: "Paranoia level, 1 to 4; the monitor has its own.")
    var level = 1

    @Option(help: "A database of countries (MMDB) for what is read with --log; the monitor has its own.")
    var countryDatabase: String?

    @Option(help: "A database of autonomous systems (MMDB) for what is read with --log.")
    var networkDatabase: String?

    @Argument(help: "Logs, oldest first; standard input where there is none and --log is given.")
    var files: [String] = []

    @OptionGroup var monitor: MonitorOptions

    func validate() throws {
        guard log != .modsec else { throw ValidationError("--log access or --log any; `waf test` reads modsec alone") }
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

    /// Hands over each line with what a parser makes of it; each file is a stream of its own.
    func forEachReading(_ body: (ArraySlice<UInt8>, LogRecordReader.Reading) throws -> Void) throws {
        var records = LogRecordReader(arrival: TimeText.now)
        for (number, file) in (files.isEmpty ? ["-"] : files).enumerated() {
            var lines = try LineReader(file)
            while let line = lines.next() { try body(line, records.take(line, program: [], stream: number)) }
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
            var origins = ledger.origins
            return (AttackSummary(ledger), ledger.ranking.prefix(limit).map { OffenderReport($0, &origins) })
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
        if readsLogs {
            let ledger = try ledger()
            var origins = ledger.origins
            return ledger.offenders[client].map { OffenderReport($0, &origins) }
        }
        return try await monitor.client.decode(OffenderReport.self, "/api/magewatch/v1/waf/offender", [("address", address)])
    }

    /// What the logs tell of attacks.
    private func ledger() throws -> AttackLedger {
        var ledger = AttackLedger(level: level)
        var settings = MagewatchConfiguration.WAF()
        (settings.countryDatabase, settings.networkDatabase) = (countryDatabase, networkDatabase)
        ledger.origins = try OriginFiles.load(settings)
        guard log == .any else {
            try forEachLine { ledger.take(accessLine: $0) }
            return ledger
        }
        try forEachReading { _, reading in
            switch reading {
            case .record(let record): ledger.take(record)
            case .unknown: ledger.countUnparsed()
            case .part, .silent: break
            }
        }
        return ledger
    }
}

/// A time as people write it, UTC.
func wafTime(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
}
