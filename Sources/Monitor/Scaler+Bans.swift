import AgentContract
import Planning
import Telemetry
import Topology

extension Scaler {
    /// After a ban was narrowed its address is left alone for so long: until the rules have seen that nothing is held against it any more.
    static let narrowedPause: Milliseconds = 30_000
    /// Addresses whose narrowing is remembered.
    static let maximumNarrowed = 10_000

    /// A ban is replayed against the past before it is made: what would have hit customers is narrowed, or waits for a person.
    func submitBan(_ plan: Plan, _ alert: Alert, key: String, _ input: PlanningInput) async throws {
        guard policy.guardRails.mode != .observe, let address = alert.labels["address"] else {
            try await submit(plan, because: key, input)
            return
        }
        narrowed = narrowed.filter { input.now - $0.value < Scaler.narrowedPause }
        guard narrowed[address] == nil else { return }
        let review = try await reviewBan(
            BanQuestion(
                address: address, now: input.now, kinds: try banKinds(at: input.now),
                inForce: Set(input.bans.filter { $0.value.until > input.now }.compactMap { BanSubject($0.key) })))
        var plan = plan
        plan.decision.evidence += review.evidence
        plan.decision.alternatives += review.alternatives
        guard !review.narrowed.isEmpty else {
            metrics.add("magewatch_ban_reviews_total", ["result": review.needsApproval ? "left to an operator" : "applied"])
            try await submit(plan, because: key, input, needsApproval: review.needsApproval)
            return
        }
        metrics.add("magewatch_ban_reviews_total", ["result": "narrowed"])
        if narrowed.count < Scaler.maximumNarrowed { narrowed[address] = input.now }
        guard let narrower = Planner.narrow(plan, of: address, to: review.narrowed, input) else {
            return say(key, "\(address): what its ban is narrowed to is banned already")
        }
        if let pause = try pause(before: narrower, at: input.now) { return say(key, "\(alert.name): \(pause)") }
        try await submit(narrower, because: key, input)
    }

    /// What every load balancer that enforces bans says it is set up for. One that does not say so takes addresses.
    private func banKinds(at now: Milliseconds) throws -> [BanSubject.Kind] {
        var servers: [BanSubject.Kind: Set<String>] = [.address: Set(policy.banServers)]
        for (labels, value) in try latest("magewatch_agent_ban_kind", at: now) where value > 0 {
            guard let kind = labels["kind"].flatMap(BanSubject.Kind.init), let server = labels["server"] else { continue }
            servers[kind, default: []].insert(server)
        }
        return BanSubject.Kind.allCases.filter { Set(policy.banServers).isSubset(of: servers[$0] ?? []) }
    }
}
