import AgentContract
import ArgumentParser
import Parsing
import Topology
import WAF

/// `magewatch waf explain`: why a client counts as an offender, or what is made of a request.
struct WafExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract:
            "Why a client counts as an offender, or what is made of one request: each rule, what matched, after which decoding.",
        discussion: """
            A request is named by the identifier that the logs give it ($request_id of nginx, unique_id of ModSecurity, X-Request-Id): every line
            of any log that names it is judged.

            EXAMPLES
              magewatch waf explain 203.0.113.7                         what the monitor holds against it
              magewatch waf explain 203.0.113.7 --log access access.log
              magewatch waf explain ZmwR5AebAO5-Tfs4FnXWuwAAigg --since 2d
              magewatch waf explain ZmwR5AebAO5-Tfs4FnXWuwAAigg --log any access.log error.log modsec_audit.log
            """)

    /// A shorter text is in every line.
    private static let minimumIdentifierBytes = 8

    @Argument(help: "The client's address, or a request's identifier.")
    var subject: String

    @Option(help: "How far back the monitor looks for a request.")
    var since = "7d"

    @OptionGroup var logs: WafLogOptions

    func run() async throws {
        guard NetworkRange(subject) == nil else { return try await explainClient() }
        guard subject.utf8.count >= WafExplainCommand.minimumIdentifierBytes else {
            throw CommandFailure("\(subject) is neither an address nor an identifier of at least 8 characters")
        }
        var inspector = Inspector(signatures: .shipped, level: logs.level)
        let identifier = Array(subject.utf8)
        var found = 0
        func explain(_ record: LogRecord) {
            guard RequestVerdict.names(identifier, in: record), let verdict = RequestVerdict(record, &inspector) else { return }
            found += 1
            show(verdict)
        }
        if logs.readsLogs {
            try logs.forEachReading { _, reading in if let record = reading.record { explain(record) } }
        } else {
            var reader = LogRecordReader(arrival: TimeText.now)
            for line in try await lines() {
                if let record = reader.read(Array(line.utf8)[...], program: [], stream: 0) { explain(record) }
            }
        }
        if found == 0 { print("\(subject): no request of that name") }
    }

    /// Lines that the monitor has of the request.
    private func lines() async throws -> [String] {
        let text = subject.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let now = TimeText.now
        let answer = try await LogClient(client: logs.monitor.client).range(
            "{host=~\".+\"} |= \"\(text)\"", from: try TimeText.nanoseconds(since, now: now), to: now, limit: 100)
        return (answer.entries ?? []).map(\.line)
    }

    private func show(_ verdict: RequestVerdict) {
        let status = verdict.status.map { ", answered \($0)" } ?? ""
        print("\(verdict.kind): \(verdict.client)\(status): \(verdict.isAttack ? "an attack" : "no attack")")
        print("  \(verdict.request)")
        for find in verdict.finds {
            print(
                "\n  \(find.family.rawValue)  \(find.rule)  \(find.points) points of the \(Judgement.threshold) that make an attack"
            )
            print("    \(find.reason)")
            print("    \(find.detail)")
        }
        if verdict.finds.isEmpty { print("  no rule found anything") }
        print("")
    }

    private func explainClient() async throws {
        guard let offender = try await logs.offender(subject) else {
            print("\(subject): nothing is held against it")
            return
        }
        print("\(offender.address): score \(offender.score), \(offender.attacks) attacks in \(offender.requests) requests")
        if let origin = WafOffenderRow.origin(offender) { print("at home in \(origin)") }
        print(
            "from \(wafTime(offender.firstSeen)) to \(wafTime(offender.lastSeen)), \(offender.bytes) bytes, \(offender.busySeconds) s of the servers"
        )
        if !logs.readsLogs { try await showBans(of: offender.address) }
        for evidence in offender.evidence {
            print("\n\(wafTime(evidence.time))  \(evidence.family)  \(evidence.rule)")
            print("  \(evidence.reason)")
            print("  \(evidence.detail)")
            print("  \(evidence.request)")
        }
    }
}

extension WafExplainCommand {
    /// Bans in force of the client, or narrowed from its.
    private func showBans(of address: String) async throws {
        let network = NetworkRange(address)
        for ban in try await logs.monitor.client.decode([BanReport].self, "/api/magewatch/v1/bans") {
            let subject = BanSubject(ban.address)
            let isOf =
                switch subject {
                case .network(let banned)?: network.map(banned.overlaps) ?? false
                case .limit(let limit)?: limit.client == network
                case .session?: ban.reason.hasPrefix("narrowed from \(address):")
                case nil: false
                }
            if isOf { print("in force: \(subject?.title ?? ban.address), until \(wafTime(ban.until)): \(ban.reason)") }
        }
    }
}

/// `magewatch waf replay`: what a ban would have hit.
struct WafReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "What a ban would have hit during a log.",
        discussion: """
            Counts the requests, sessions, logins and paid orders that a ban of an address or network would have refused. Where they are
            customers', or others' who share the address, it looks for what is narrower: the sessions that attack, then a limit of requests on
            the paths that are attacked. It advises to apply the ban, to narrow it, or to ask a person. Logs are read in their order, the
            oldest first; sessions are told where the load balancer logs them (see README).

            EXAMPLES
              magewatch waf replay 203.0.113.7 --log access access.log.1 access.log
              magewatch waf replay 203.0.113.0/24 --log access access.log --output json
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "An address or a network such as 203.0.113.0/24.")
    var ban: String

    @Option(help: "Paid orders that a ban may have hit.")
    var orders = BanToll.Limits().orders

    @Option(help: "Logins of others that a ban may have hit.")
    var logins = BanToll.Limits().logins

    @Option(help: "Requests a minute that a limit on a path lets through.")
    var requestsPerMinute = BanToll.Limits().requestsPerMinute

    @Option(help: "How to print.")
    var output = Output.text

    @OptionGroup var logs: WafLogOptions

    func validate() throws {
        guard orders >= 0, logins >= 0, (1...100_000).contains(requestsPerMinute) else {
            throw ValidationError("--orders and --logins are 0 or more, --requests-per-minute is 1 to 100000")
        }
    }

    func run() throws {
        guard let network = NetworkRange(ban) else { throw CommandFailure("\(ban) is neither an address nor a network") }
        var replay = BanReplay(of: network)
        try logs.forEachLine { line in
            if let record = AccessLogParser.parse(line) { replay.take(record) }
        }
        var limits = BanToll.Limits()
        (limits.orders, limits.logins, limits.requestsPerMinute) = (orders, logins, requestsPerMinute)
        let report = BanReplayReport(network, replay.verdict(limits))
        switch output {
        case .json: print(try report.json())
        case .text:
            for candidate in report.considered { print(candidate.text) }
            if replay.unkept > 0 { print("\(replay.unkept) further requests were not replayed") }
            print("advice: \(report.advice)")
            for subject in report.subjects { print("ban: \(subject)") }
        }
    }
}
