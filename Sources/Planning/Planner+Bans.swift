import AgentContract
import Telemetry
import Topology

extension Planner {
    static func ban(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome {
        guard let network = alert.labels["address"].flatMap(NetworkRange.init) else {
            return .refuse(.unclear, "alert \(alert.name) has no label `address` that is an IP address or a network")
        }
        let text = "\(network)"
        guard network.length >= narrowest(network) else {
            return .refuse(
                .unclear, "\(text) is too wide to be banned for what some of it did; at most a /\(narrowest(network)) is")
        }
        if let reason = protection(of: network, input) { return .refuse(.allowed, reason) }
        let past = input.bans[text]
        if let past, past.until > input.now {
            return .refuse(.underWay, "\(text) is banned already, for \((past.until - input.now) / 1000) s more")
        }
        let subject = identifier(.ban, text, 0).dropLast(1)
        guard !input.underWay.contains(where: { $0.id.hasPrefix(subject) }) else {
            return .refuse(.underWay, "the ban of \(text) is under way")
        }
        guard !input.policy.banServers.isEmpty else {
            return .refuse(.noRoom, "\(text) is not banned: the configuration names no load balancer that could do it")
        }
        let repetition = (past?.repetition ?? 0) + 1
        let seconds = banSeconds(repetition: repetition, input.policy)
        let until = input.now + Int64(seconds * 1000)
        let reason = alert.annotations["summary"] ?? alert.name
        let steps = input.policy.banServers.map { server in
            // Where several load balancers stand, one that is down does not save the attacker from the others.
            PlannedStep(
                .agent(
                    server: server, step: .ban(address: text, until: until, reason: reason), undo: .unban(address: text)),
                mayFail: input.policy.banServers.count > 1, timeoutSeconds: 10)
        }
        let decision = Decision(
            summary: "ban \(text) for \(decimal(seconds)) s (\(repetition). time): \(reason)",
            evidence: [evidence(of: alert)],
            alternatives: ["scale out for it: would pay for an attacker's load"],
            otherwise: "\(text) would go on", billedPeriods: 0)
        return .plan(
            Plan(
                id: identifier(.ban, text, input.now), purpose: .ban, role: nil, createdAt: input.now, steps: steps,
                decision: decision))
    }

    /// The plan that lets an address in again, when its time is over or an operator says so.
    package static func unban(address: String, because reason: String, _ input: PlanningInput) -> PlanningOutcome {
        guard let network = NetworkRange(address) else {
            return .refuse(.unclear, "\"\(address)\" is neither an IP address nor a network")
        }
        let address = "\(network)"
        let steps = input.policy.banServers.map {
            PlannedStep(.agent(server: $0, step: .unban(address: address), undo: nil), mayFail: true, timeoutSeconds: 10)
        }
        return .plan(
            Plan(
                id: identifier(.unban, address, input.now), purpose: .unban, role: nil, createdAt: input.now, steps: steps,
                decision: Decision(summary: "let \(address) in again: \(reason)")))
    }

    /// Longer each time, up to the longest.
    static func banSeconds(repetition: Int, _ policy: PlanningPolicy) -> Double {
        var seconds = policy.firstBanSeconds
        for _ in 1..<max(2, min(repetition, 64)) where repetition > 1 { seconds *= policy.banGrowth }
        return min(seconds, policy.longestBanSeconds)
    }

    /// Fewest leading bits of a network that is banned: a customer's network at a provider, and nothing larger.
    private static func narrowest(_ network: NetworkRange) -> Int { network.address.bytes.count == 4 ? 24 : 48 }

    private static func protection(of network: NetworkRange, _ input: PlanningInput) -> String? {
        if let allowed = input.policy.allow.first(where: { NetworkRange($0)?.overlaps(network) == true }) {
            return "\(network) is on the allow list (\(allowed)) and never banned"
        }
        if let crawler = input.crawlers.first(where: { NetworkRange($0)?.overlaps(network) == true }) {
            return "\(network) is a search engine's crawler (\(crawler), by its verified name) and never banned"
        }
        func holds(_ text: String) -> Bool { NetworkAddress(text).map(network.contains) ?? false }
        if let own = input.stack.servers.first(where: { holds($0.address) }) {
            return "\(network) is the stack's own server \(own.name) and never banned"
        }
        if let own = input.stack.containers.first(where: { holds($0.host) }) {
            return "\(network) is the stack's own container \(own.name) and never banned"
        }
        return network.address.isLoopback ? "\(network) is this machine itself and never banned" : nil
    }
}
