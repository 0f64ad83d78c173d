package import Topology

/// An order that holds for a time: what it started is kept until then, whatever the load, and given back after it.
package struct HeldOrder: Sendable, Hashable, Codable, Identifiable {
    /// The id of the plan that carried it out.
    package var id: String
    package var order: OperatorOrder
    package var role: Role
    /// Names of the containers that it started.
    package var containers: [String]
    /// Milliseconds since 1970.
    package var from: Int64
    package var until: Int64

    package init(id: String, order: OperatorOrder, role: Role, containers: [String], from: Int64, until: Int64) {
        self.id = id
        self.order = order
        self.role = role
        self.containers = containers
        self.from = from
        self.until = until
    }

    /// What a plan holds; nil where its order is for no time.
    package init?(_ order: OperatorOrder, carriedOutBy plan: Plan) {
        guard case .scale(let role, let count, let seconds?) = order.action, count > 0 else { return nil }
        let started = plan.steps.compactMap { step -> String? in
            guard case .putContainer(let container) = step.action else { return nil }
            return container.name
        }
        self.init(
            id: plan.id, order: order, role: role, containers: started, from: plan.createdAt,
            until: plan.createdAt + Int64(seconds * 1000))
    }
}
