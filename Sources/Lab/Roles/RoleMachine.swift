/// The machines of the stack of all roles: two load balancers and two monitors that share an address each, members, one overflow server,
/// visitors, and the rest of the world, which takes the shop's mail.
package enum RoleMachine: String, NetworkMachine, CaseIterable {
    case mon1, mon2, lb1, lb2, s1, s2, o1, client, world

    package var address: String {
        switch self {
        case .mon1: "10.77.0.6"
        case .mon2: "10.77.0.7"
        case .lb1: "10.77.0.10"
        case .lb2: "10.77.0.15"
        case .s1: "10.77.0.11"
        case .s2: "10.77.0.12"
        case .o1: "10.77.0.13"
        case .client: "10.77.0.51"
        case .world: "10.77.0.52"
        }
    }

    /// Servers of the stack run an agent.
    package static let servers: [RoleMachine] = [.lb1, .lb2, .s1, .s2, .o1]
    package static let loadBalancers: [RoleMachine] = [.lb1, .lb2]
    package static let monitors: [RoleMachine] = [.mon1, .mon2]
    /// A server's containers hang on its bridge, and its address is the bridge's.
    package var isServer: Bool { RoleMachine.servers.contains(self) }
    /// The interface that its own address is on, and a shared one comes to.
    package var interface: String { isServer ? "br0" : "eth0" }

    /// The address of the shop, on whichever load balancer is the active one.
    package static let shopAddress = "10.77.0.9"
    /// The address of the monitor, on whichever monitor is the active one.
    package static let monitorAddress = AddressPlan.Machine.mon.address
    /// Where the rest of the world takes mail.
    package static let worldMailPort = 2525

    /// Processors that a server is said to have; a third `web` finds room only on the overflow server, a third `search` or a
    /// second worker on the others.
    package var cores: Double {
        switch self {
        case .s1: 1.45
        case .s2: 1.65
        case .o1: 0.6
        default: 0.05
        }
    }
}
