import Planning
import StackConfiguration
import Topology

/// The terms that a role is sized and judged under, as the configuration states them.
struct SizingTerms: Sendable {
    private let configuration: MagewatchConfiguration

    init(_ configuration: MagewatchConfiguration) { self.configuration = configuration }

    /// Owned containers, attach time and billing.
    func rules(_ role: Role, _ settings: MagewatchConfiguration.RoleSettings) -> FleetRules {
        let scaler = configuration.scaler
        let members = Set(configuration.servers.filter { $0.kind == .member }.map(\.name))
        let owned = configuration.containers.count { $0.role == role && $0.kind == .active && members.contains($0.server) }
        return FleetRules(
            tickSeconds: scaler.tickSeconds, ownedServers: max(1, owned, settings.minimum), attachSeconds: scaler.attachSeconds,
            billedPeriodSeconds: scaler.billedPeriodSeconds)
    }

    var options: ShadowScaler.Options {
        var options = ShadowScaler.Options()
        options.targetShare = configuration.scaler.saturatedShare
        return options
    }

    /// Cores that one container gives until it counts as saturated.
    func unitCores(_ settings: MagewatchConfiguration.RoleSettings) -> Double {
        let cores = settings.limits.cores * configuration.forecast.limit
        return cores.isFinite && cores > 0 ? cores : 1
    }

    /// Containers of a role that the smallest overflow server takes.
    func containersPerServer(_ settings: MagewatchConfiguration.RoleSettings) -> Int {
        let limits = settings.limits
        let each = configuration.servers.filter { $0.kind == .overflow }.map { server -> Double in
            let cores = limits.cores > 0 ? server.capacity.cores / limits.cores : .infinity
            let memory = limits.memoryBytes > 0 ? Double(server.capacity.memoryBytes) / Double(limits.memoryBytes) : .infinity
            return min(cores, memory)
        }
        guard let least = each.min(), least.isFinite else { return 1 }
        return max(1, Int(min(1e6, least + 1e-9)))
    }
}
