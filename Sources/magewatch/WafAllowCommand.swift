import AgentContract
import ArgumentParser
import Foundation

/// `magewatch waf allow`: who is not banned for a time.
struct WafAllowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow", abstract: "Have nobody of an address or a network banned for a time.",
        discussion: """
            Bans that hit it end at once, proposed ones are dropped, and no new one is made until the time is over: it is remembered over a \
            restart and written into the audit log. What is to hold for good stands in the configuration under `allow`. Without an address \
            those in force are listed.

            EXAMPLES
              magewatch waf allow 203.0.113.7 --for 30d --why "the payment provider's new address"
              magewatch waf allow
              magewatch waf disallow 203.0.113.7
            """)

    @Argument(help: "An address or a network, such as 203.0.113.0/24.")
    var address: String?

    @Option(name: .customLong("for"), help: "How long, such as 12h or 30d; at most 365d.")
    var duration: String?

    @Option(help: "The reason, for the others.")
    var why: String?

    @OptionGroup var monitor: MonitorOptions

    func validate() throws {
        guard address == nil || duration != nil && why != nil else { throw ValidationError("say how long (--for) and --why") }
    }

    func run() async throws {
        guard let address, let duration, let why else {
            let data = try await monitor.client.get("/api/magewatch/v1/waf/allowed")
            return Allowances.list(try JSONDecoder().decode([BanAllowance].self, from: data)).forEach { print($0) }
        }
        let data = try await monitor.client.post(
            "/api/magewatch/v1/waf/allowed", [("address", address), ("for", duration), ("why", why), ("by", NSUserName())])
        let answer = try JSONDecoder().decode(Allowances.self, from: data)
        for ban in answer.lifted { print("the ban of \(ban) is lifted") }
        Allowances.list(answer.allowed).forEach { print($0) }
    }
}

/// `magewatch waf disallow`: ends such a time.
struct WafDisallowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disallow", abstract: "End an allowance; what is done from then on may be banned.",
        discussion: """
            EXAMPLES
              magewatch waf disallow 203.0.113.7
            """)

    @Argument(help: "The address or network, as it was allowed.")
    var address: String

    @OptionGroup var monitor: MonitorOptions

    func run() async throws {
        let data = try await monitor.client.post(
            "/api/magewatch/v1/waf/allowed/remove", [("address", address), ("by", NSUserName())])
        Allowances.list(try JSONDecoder().decode(Allowances.self, from: data).allowed).forEach { print($0) }
    }
}

/// What the monitor answers.
struct Allowances: Decodable {
    var allowed: [BanAllowance]
    var lifted: [String]

    /// A line each.
    static func list(_ allowed: [BanAllowance]) -> [String] {
        guard !allowed.isEmpty else { return ["nobody is allowed for a time"] }
        return allowed.map { "\($0.network) is not banned until \(wafTime($0.until)), by \($0.by): \($0.why)" }
    }
}
