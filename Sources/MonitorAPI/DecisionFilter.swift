import AgentContract
import Topology

/// Which decisions a bouncer wants: `scopes`, `origins`, `type`, `scenarios_containing`, `scenarios_not_containing`, `scope`, `value`.
struct DecisionFilter: Sendable {
    private let scopes: [String]
    private let origins: [String]
    private let type: String?
    private let containing: [String]
    private let notContaining: [String]
    private let value: String?

    init(_ parameters: RequestParameters) {
        func list(_ name: String) -> [String] {
            (parameters[name] ?? "").split(separator: ",").map { $0.lowercased() }
        }
        scopes = list("scopes") + list("scope")
        origins = list("origins")
        type = parameters["type"]
        containing = list("scenarios_containing")
        notContaining = list("scenarios_not_containing")
        value = parameters["value"]
    }

    func accepts(_ decision: BouncerDecision) -> Bool {
        let scenario = decision.ban.reason.lowercased()
        return (scopes.isEmpty || scopes.contains(decision.scope.lowercased()))
            && (origins.isEmpty || origins.contains(BouncerDecision.origin))
            && (type == nil || type == "ban")
            && (containing.isEmpty || containing.contains { scenario.contains($0) })
            && !notContaining.contains { scenario.contains($0) }
            && (value == nil || value == decision.ban.address)
    }
}

/// An address or a network that is asked about; bans of it, of what it lies in and, with `contains=false`, of what lies in it.
struct AskedAddress: Sendable {
    private let network: NetworkRange?
    private let mayLieWithin: Bool

    init(_ parameters: RequestParameters) throws {
        mayLieWithin = parameters["contains"] != "false"
        guard let text = parameters["ip"] ?? parameters["range"] else {
            network = nil
            return
        }
        guard let network = NetworkRange(text) else {
            throw APIError(.badData, "\"\(text)\" is neither an address nor a network such as 203.0.113.0/24")
        }
        self.network = network
    }

    func isMet(by address: String) -> Bool {
        guard let network else { return true }
        guard let banned = NetworkRange(address) else { return false }
        return banned.overlaps(network) && (mayLieWithin ? banned.length <= network.length : banned.length >= network.length)
    }
}
