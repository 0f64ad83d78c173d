import AgentContract
import Topology

extension RequestParameters {
    /// Words of the parameter `order`.
    static let orders = [
        "restart", "stop", "start", "move", "drain", "scale", "rollout", "drain-server", "evacuate-server", "return-server",
    ]

    /// The order that the parameters state.
    func order() throws(APIError) -> OperatorOrder {
        OperatorOrder(try action(), by: orderedBy, isForced: try boolean("force"))
    }

    /// Who says so: a name that is written down, not proven.
    var orderedBy: String {
        let name = String((self["by"] ?? "").prefix(OperatorOrder.maximumNameLength))
        return name.isEmpty ? "somebody" : name
    }

    private func action() throws(APIError) -> OperatorOrder.Action {
        let word = try required("order")
        switch word {
        case "restart": return .restart(container: try required("container"))
        case "stop": return .stop(container: try required("container"))
        case "start": return .start(container: try required("container"))
        case "move": return .move(container: try required("container"), server: self["server"].flatMap { $0.isEmpty ? nil : $0 })
        case "drain": return .drain(container: try required("container"))
        case "scale":
            let text = try required("count")
            guard let count = Int(text) else {
                throw APIError(.badData, "parameter \"count\": \"\(text)\" is no number of containers such as +2 or -1")
            }
            return .scale(role: try role(), by: count, forSeconds: try seconds("for"))
        case "rollout": return .rollout(role: try role(), image: try required("image"))
        case "drain-server": return .drainServer(try required("server"))
        case "evacuate-server": return .evacuateServer(try required("server"))
        case "return-server": return .returnServer(try required("server"))
        default:
            let known = RequestParameters.orders.joined(separator: ", ")
            throw APIError(.badData, "there is no order \"\(word)\"; the orders are \(known)")
        }
    }

    /// The role that the parameters name, where they name one.
    func roleIfAny() throws(APIError) -> Role? {
        guard let text = self["role"], !text.isEmpty else { return nil }
        return try role()
    }

    private func role() throws(APIError) -> Role {
        let text = try required("role")
        guard let role = Role(rawValue: text) else {
            let known = Role.allCases.map(\.rawValue).joined(separator: " ")
            throw APIError(.badData, "there is no role \"\(text)\"; the roles are \(known)")
        }
        return role
    }
}
