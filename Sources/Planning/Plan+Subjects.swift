import AgentContract
import Topology

extension Plan {
    /// Whether it starts, stops or writes down a container.
    func touches(container name: String) -> Bool {
        steps.contains { step in
            switch step.action {
            case .putContainer(let container): container.name == name
            case .dropContainer(let dropped): dropped == name
            case .agent(_, .startContainer(let specification), _): specification.name == name
            case .agent(_, .stopContainer(let stopped, _), _): stopped == name
            case .agent(_, let step, _): step.database?.container == name
            case .attach, .detach, .setDrained: false
            }
        }
    }

    /// Whether it starts or stops anything on a server, leases it, or opens or closes it.
    func touches(server name: String) -> Bool {
        steps.contains { step in
            switch step.action {
            case .attach(let server), .detach(let server), .setDrained(let server, _): server == name
            case .putContainer(let container): container.server == name
            case .agent(let server, .startContainer, _), .agent(let server, .stopContainer, _): server == name
            case .agent, .dropContainer: false
            }
        }
    }
}
