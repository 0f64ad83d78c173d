package import Topology

/// What an operator wants done. The planner makes a plan of it as it does of an alert, and the plan is journaled the same way.
package struct OperatorOrder: Sendable, Hashable, Codable {
    package enum Action: Sendable, Hashable, Codable {
        case restart(container: String)
        case stop(container: String)
        case start(container: String)
        /// To a server, or to the best one where none is named.
        case move(container: String, server: String?)
        /// It finishes what is under way and gets nothing new.
        case drain(container: String)
        /// So many containers more, or fewer; more of them for a time only, where one is given.
        case scale(role: Role, by: Int, forSeconds: Double?)
        case rollout(role: Role, image: String)
        /// Nothing more is placed on it, and what is behind a load balancer gets no traffic there.
        case drainServer(String)
        /// Everything is moved off it.
        case evacuateServer(String)
        case returnServer(String)
    }

    /// Most containers that one order adds or takes.
    package static let maximumScale = 100
    /// Longest time that an order of more containers holds: 90 days.
    package static let maximumSeconds = 7_776_000.0
    /// Longest name of who ordered it, in characters.
    package static let maximumNameLength = 100

    package var action: Action
    /// Who ordered it, as the audit log tells it.
    package var orderedBy: String
    /// It is carried out even where a role is left with fewer containers than its minimum.
    package var isForced: Bool

    package init(_ action: Action, by orderedBy: String, isForced: Bool = false) {
        self.action = action
        self.orderedBy = String(orderedBy.prefix(OperatorOrder.maximumNameLength))
        self.isForced = isForced
    }

    /// A line for people, for instance `move web1 to s2`.
    package var summary: String {
        switch action {
        case .restart(let container): "restart \(container)"
        case .stop(let container): "stop \(container)"
        case .start(let container): "start \(container)"
        case .move(let container, let server): "move \(container)" + (server.map { " to \($0)" } ?? "")
        case .drain(let container): "drain \(container)"
        case .scale(let role, let count, let seconds):
            "scale \(role.rawValue) by \(count > 0 ? "+" : "")\(count)" + (seconds.map { " for \(Int($0)) s" } ?? "")
        case .rollout(let role, let image): "roll out \(image) to \(role.rawValue)"
        case .drainServer(let server): "drain server \(server)"
        case .evacuateServer(let server): "evacuate server \(server)"
        case .returnServer(let server): "return server \(server)"
        }
    }
}
