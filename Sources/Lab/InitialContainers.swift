package import AgentContract
package import Topology

/// What stands in the inventory at the beginning: the active containers, which run, and their backups, which do not.
package enum InitialContainers {
    package struct Entry: Sendable, Equatable {
        package var name: String
        package var role: Role
        package var server: AddressPlan.Machine
        package var address: String
        package var backupOf: String?
    }

    package static let all = [
        Entry(name: "web1", role: .web, server: .s1, address: AddressPlan.web1),
        Entry(name: "web2", role: .web, server: .s2, address: AddressPlan.web2),
        Entry(name: "db1", role: .db, server: .s1, address: AddressPlan.db1),
        Entry(name: "web1b", role: .web, server: .s2, address: AddressPlan.web1, backupOf: "web1"),
        Entry(name: "web2b", role: .web, server: .s1, address: AddressPlan.web2, backupOf: "web2"),
        Entry(name: "db2", role: .db, server: .s2, address: AddressPlan.db1, backupOf: "db1"),
    ]

    package static var active: [Entry] { all.filter { $0.backupOf == nil } }

    /// What starts it on its server.
    package static func specification(_ entry: Entry) -> ContainerSpecification {
        let isWeb = entry.role == .web
        return ContainerSpecification(
            name: entry.name, role: entry.role, image: entry.role.rawValue,
            address: "\(entry.address)/\(AddressPlan.prefixLength)",
            limits: Resources(
                cores: isWeb ? MonitorConfiguration.webCores : MonitorConfiguration.databaseCores,
                memoryBytes: isWeb ? 128 << 20 : 64 << 20),
            sharedDirectory: isWeb ? MonitorConfiguration.sharedTarget : nil)
    }

    /// All steps in order, with the machine that does each.
    package static func steps(sharedSource: String) -> [(AddressPlan.Machine, Step)] {
        var steps: [(AddressPlan.Machine, Step)] = []
        for entry in active {
            if entry.role == .web {
                steps.append(
                    (
                        entry.server,
                        .mountSharedFiles(SharedFiles(source: sharedSource, target: MonitorConfiguration.sharedTarget))
                    ))
            }
            steps.append((entry.server, .startContainer(specification(entry))))
            let probe =
                entry.role == .web
                ? "http://\(entry.address):\(AddressPlan.webPort)/health" : "tcp://\(entry.address):\(AddressPlan.databasePort)"
            steps.append((entry.server, .waitUntilHealthy(HealthProbe(url: probe, timeoutSeconds: 20))))
            if entry.role == .web {
                steps.append(
                    (
                        .lb1,
                        .addBackend(
                            Backend(
                                pool: LoadBalancerConfiguration.pool, name: entry.name, host: entry.address,
                                port: AddressPlan.webPort, maximumConnections: MonitorConfiguration.maximumConnections))
                    ))
            }
        }
        return steps
    }
}
