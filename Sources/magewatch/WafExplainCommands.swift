import AgentContract
import ArgumentParser
import Parsing
import Topology
import WAF

/// `magewatch waf explain`: why a client counts as an offender.
struct WafExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why a client counts as an offender: each rule, what matched, and after which decoding.",
        discussion: """
            EXAMPLES
              magewatch waf explain 203.0.113.7                         what the monitor holds against it
              magewatch waf explain 203.0.113.7 --log access access.log
            """)

    @Argument(help: "The client's address.")
    var address: String

    @OptionGroup var logs: WafLogOptions

    func run() async throws {
        guard let offender = try await logs.offender(address) else {
            print("\(address): nothing is held against it")
            return
        }
        print("\(offender.address): score \(offender.score), \(offender.attacks) attacks in \(offender.requests) requests")
        print(
            "from \(wafTime(offender.firstSeen)) to \(wafTime(offender.lastSeen)), \(offender.bytes) bytes, \(offender.busySeconds) s of the servers"
        )
        for evidence in offender.evidence {
            print("\n\(wafTime(evidence.time))  \(evidence.family)  \(evidence.rule)")
            print("  \(evidence.reason)")
            print("  \(evidence.detail)")
            print("  \(evidence.request)")
        }
    }
}

/// `magewatch waf replay`: what a ban would have hit.
struct WafReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "What a ban would have hit during a log.",
        discussion: """
            Counts the requests, logins and orders that a ban of an address or network would have refused, and advises: apply it, narrow it
            (others share the address), or ask a person (customers would have been hit).

            EXAMPLE
              magewatch waf replay 203.0.113.0/24 --log access access.log.2 access.log.1 access.log
            """)

    @Argument(help: "An address or a network such as 203.0.113.0/24.")
    var ban: String

    @OptionGroup var logs: WafLogOptions

    func run() throws {
        guard let network = NetworkRange(ban) else { throw CommandFailure("\(ban) is neither an address nor a network") }
        var replay = BanReplay(of: network)
        try logs.forEachLine { line in
            if let record = AccessLogParser.parse(line) { replay.take(record) }
        }
        print("a ban of \(network) would have hit \(replay.requests) requests, \(replay.attacks) of them attacks,")
        print("\(replay.logins) logins and \(replay.orders) orders of \(replay.agentCount) user agents")
        print("advice: \(replay.advice().rawValue)")
    }
}
