package import AgentContract
import Telemetry
package import Topology

extension Planner {
    static func ban(for alert: Alert, _ input: PlanningInput) -> PlanningOutcome {
        guard let subject = alert.labels["address"].flatMap(BanSubject.init) else {
            return .refuse(.unclear, "alert \(alert.name) has no label `address` that is an IP address or a network")
        }
        if case .network(let network) = subject, network.length < narrowest(network) {
            return .refuse(
                .unclear, "\(network) is too wide to be banned for what some of it did; at most a /\(narrowest(network)) is")
        }
        if let reason = protection(of: subject, input) { return .refuse(.allowed, reason) }
        if let refusal = underWay(subject, input) { return refusal }
        let reason = alert.annotations["summary"] ?? alert.name
        let ban = OrderedBan(subject, because: reason, input)
        let decision = Decision(
            summary: "ban \(subject.title) for \(decimal(ban.seconds)) s (\(ban.repetition). time): \(reason)",
            evidence: [evidence(of: alert)],
            alternatives: ["scale out for it: would pay for an attacker's load"],
            otherwise: "\(subject.title) would go on", billedPeriods: 0)
        return .plan(
            Plan(
                id: identifier(.ban, "\(subject)", input.now), purpose: .ban, role: nil, createdAt: input.now, steps: ban.steps,
                decision: decision))
    }

    /// A ban's plan with narrower subjects in its place, those that are banned already left out; nil where nothing is left.
    package static func narrow(
        _ plan: Plan, of address: String, to subjects: [BanSubject], _ input: PlanningInput
    ) -> Plan? {
        let left = subjects.filter { protection(of: $0, input) == nil && underWay($0, input) == nil }
        guard let first = left.first else { return nil }
        let bans = left.map { OrderedBan($0, because: "narrowed from \(address): \(plan.decision.summary)", input) }
        var plan = plan
        plan.id = identifier(.ban, "\(first)", input.now)
        plan.steps = bans.flatMap(\.steps)
        plan.decision.summary =
            "ban \(left.map(\.title).joined(separator: ", ")) for \(decimal(bans.map(\.seconds).max() ?? 0)) s, "
            + "in place of all of \(address): \(plan.decision.summary)"
        return plan
    }

    /// Why nothing is to be done about a subject: it is banned, or is about to be.
    private static func underWay(_ subject: BanSubject, _ input: PlanningInput) -> PlanningOutcome? {
        if let past = input.bans["\(subject)"], past.until > input.now {
            return .refuse(.underWay, "\(subject.title) is banned already, for \((past.until - input.now) / 1000) s more")
        }
        let prefix = identifier(.ban, "\(subject)", 0).dropLast(1)
        guard !input.underWay.contains(where: { $0.id.hasPrefix(prefix) }) else {
            return .refuse(.underWay, "the ban of \(subject.title) is under way")
        }
        guard !servers(for: subject, input).isEmpty else {
            return .refuse(
                .noRoom,
                "\(subject.title) is not banned: the configuration names no load balancer, and no server in bans.servers, that could do it"
            )
        }
        return nil
    }

    /// Where a subject is banned: packets show addresses only.
    private static func servers(for subject: BanSubject, _ input: PlanningInput) -> [String] {
        input.policy.banServers + (subject.kind == .address ? input.policy.addressBanServers : [])
    }

    /// A ban with its length and its steps, one for each load balancer.
    private struct OrderedBan {
        let repetition: Int
        let seconds: Double
        let steps: [PlannedStep]

        init(_ subject: BanSubject, because reason: String, _ input: PlanningInput) {
            let text = "\(subject)"
            let repetition = (input.bans[text]?.repetition ?? 0) + 1
            let seconds = banSeconds(repetition: repetition, input.policy)
            let until = input.now + Int64(seconds * 1000)
            let servers = Planner.servers(for: subject, input)
            steps = servers.map { server in
                // Where several load balancers stand, one that is down does not save the attacker from the others.
                PlannedStep(
                    .agent(
                        server: server, step: .ban(address: text, until: until, reason: reason), undo: .unban(address: text)),
                    mayFail: servers.count > 1, timeoutSeconds: 10)
            }
            self.repetition = repetition
            self.seconds = seconds
        }
    }

    /// The plan that lets an address in again, when its time is over or an operator says so.
    package static func unban(address: String, because reason: String, _ input: PlanningInput) -> PlanningOutcome {
        guard let subject = BanSubject(address) else {
            return .refuse(.unclear, "\"\(address)\" is neither an IP address nor a network, a session or a limit")
        }
        let address = "\(subject)"
        let steps = servers(for: subject, input).map {
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

    private static func protection(of subject: BanSubject, _ input: PlanningInput) -> String? {
        let network: NetworkRange
        switch subject {
        case .network(let banned): network = banned
        case .limit(let limit): network = limit.client
        case .session: return nil
        }
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
