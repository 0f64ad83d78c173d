/// The laboratory's machines and their addresses: one flat network, with nothing in it that leads outside.
package enum AddressPlan {
    /// A machine of the stack, or one of the world outside it.
    package enum Machine: String, Sendable, CaseIterable {
        case lb1, s1, s2, o1, o2, mon, client1, client2, attacker

        /// Its own address.
        package var address: String {
            switch self {
            case .mon: "10.77.0.5"
            case .lb1: "10.77.0.10"
            case .s1: "10.77.0.11"
            case .s2: "10.77.0.12"
            case .o1: "10.77.0.13"
            case .o2: "10.77.0.14"
            case .client1: "10.77.0.51"
            case .client2: "10.77.0.52"
            case .attacker: "10.77.0.66"
            }
        }

        /// Servers of the stack run an agent and rsyslog; the others do not belong to it.
        package var isServer: Bool { Machine.servers.contains(self) }
        package static let servers: [Machine] = [.lb1, .s1, .s2, .o1, .o2]
        package static let members: [Machine] = [.s1, .s2]
        package static let overflow: [Machine] = [.o1, .o2]
    }

    package static let prefixLength = 24
    /// Where containers made later may be.
    package static let newContainers = "10.77.0.100-10.77.0.119/24"
    /// Every server answers to this address on its loopback interface, so that a container, whose default route is the server
    /// it runs on, reaches that server's syslog without knowing which one it is. (TEST-NET-1: nobody else has it.)
    package static let hereAddress = "192.0.2.1"

    package static let agentPort = 7102
    package static let ingestPort = 7100
    package static let apiPort = 7101
    package static let syslogPort = 514
    /// rsyslog on the first client takes lines over TCP here, for the delivery step.
    package static let deliveryPort = 1514
    package static let webPort = 80
    package static let databasePort = 6379

    /// Containers that run from the beginning, and the backups that stand for them.
    package static let web1 = "10.77.0.21"
    package static let web2 = "10.77.0.22"
    package static let db1 = "10.77.0.31"

    /// `http://10.77.0.11:7102`.
    package static func agentURL(_ machine: Machine) -> String { "http://\(machine.address):\(agentPort)" }
}
