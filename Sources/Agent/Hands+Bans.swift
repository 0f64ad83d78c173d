import AgentContract
import Drivers
import Topology

/// Bans at every place of this server that can enforce them: HAProxy's maps, and the packet filter for what is an address.
extension Hands {
    /// A ban that one of the places refuses is tried at the other all the same, and then fails, so that it is repeated.
    func carryOutBan(_ step: Step) async throws -> DriverOutcome {
        let subject: String
        switch step {
        case .ban(let address, _, _), .unban(let address): subject = address
        default: preconditionFailure("\(step.name) is no ban")
        }
        guard let packetFilter, BanSubject(subject)?.kind == .address else { return try await atBalancer(step) }
        var failure: (any Error)?
        var outcomes: [DriverOutcome] = []
        do {
            switch step {
            case .ban(_, let until, _): outcomes.append(try await packetFilter.ban(subject, until: until))
            default: outcomes.append(try await packetFilter.unban(subject))
            }
        } catch { failure = error }
        // One without a map for addresses leaves them to the packet filter.
        if let loadBalancer, await loadBalancer.banKinds.contains(.address) {
            do { outcomes.append(try await atBalancer(step)) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
        let message = outcomes.map(\.message).joined(separator: "; ")
        return outcomes.contains { $0.changed } ? .done(message) : .unchanged(message)
    }

    private func atBalancer(_ step: Step) async throws -> DriverOutcome {
        switch step {
        case .ban(let address, let until, _): try await balancer(step).ban(address, until: until)
        case .unban(let address): try await balancer(step).unban(address)
        default: preconditionFailure("\(step.name) is no ban")
        }
    }
}
