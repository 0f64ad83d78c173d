import Foundation
import StackConfiguration
import StateStore
import Topology

/// Brings the inventory in line with the configuration.
///
/// Servers are what the configuration says. Containers move, by scaling and failover, so the configuration only adds those it names for
/// the first time and drops those it names no more; what became of the others is the state's to say.
enum Inventory {
    private static let settingName = "inventory.configured-containers"

    static func load(_ configuration: MagewatchConfiguration, into state: StateStore) throws {
        let known = try state.stack(named: configuration.stack)
        try state.setServers(
            configuration.servers.map { server in
                var server = server
                server.health = known.server(server.name)?.health ?? .unknown
                server.isDrained = known.server(server.name)?.isDrained ?? false
                return server
            })
        let before = Set(try state.setting(settingName).map { $0.split(separator: "\n").map(String.init) } ?? [])
        let now = Set(configuration.containers.map(\.name))
        for container in configuration.containers where !before.contains(container.name) { try state.putContainer(container) }
        for name in before.subtracting(now) { _ = try state.dropContainer(name) }
        if before != now { try state.set(settingName, to: now.sorted().joined(separator: "\n")) }
    }
}
