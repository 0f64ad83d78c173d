import AgentContract
import Telemetry
import Topology

extension Planner {
    static func ban(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome {
        guard let text = alert.labels["address"], let address = NetworkAddress(text) else {
            return .refuse(.unclear, "alert \(alert.name) has no label `address` that is an IP address")
        }
        if let reason = protection(of: address, text, input) { return .refuse(.allowed, reason) }
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
        guard NetworkAddress(address) != nil else { return .refuse(.unclear, "\"\(address)\" is no IP address") }
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

    private static func protection(of address: NetworkAddress, _ text: String, _ input: PlanningInput) -> String? {
        if let network = input.policy.allow.first(where: { NetworkRange($0)?.contains(address) == true }) {
            return "\(text) is on the allow list (\(network)) and never banned"
        }
        if let own = input.stack.servers.first(where: { NetworkAddress($0.address) == address }) {
            return "\(text) is the stack's own server \(own.name) and never banned"
        }
        if let own = input.stack.containers.first(where: { NetworkAddress($0.host) == address }) {
            return "\(text) is the stack's own container \(own.name) and never banned"
        }
        return address.isLoopback ? "\(text) is this machine itself and never banned" : nil
    }
}
