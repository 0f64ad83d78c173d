import AgentContract
import Planning
import StackConfiguration
import Topology

extension PlanningPolicy {
    /// The planner's policy as the configuration states it.
    init(_ configuration: MagewatchConfiguration) {
        self.init()
        let scaler = configuration.scaler
        billedPeriodSeconds = scaler.billedPeriodSeconds
        releaseWindowSeconds = scaler.releaseWindowSeconds
        maximumOverflowServers = scaler.maximumOverflowServers
        coolDownSeconds = scaler.coolDownSeconds
        targetUtilisation = scaler.targetUtilisation
        saturation = configuration.forecast.limit
        // A decision looks as far ahead as the forecasts do, a quarter of an hour at most.
        horizonSeconds = min(900, configuration.forecast.leadsSeconds.filter { $0 <= 900 }.max() ?? 900)
        allow = configuration.allow + configuration.servers.map(\.address)
        for (role, settings) in configuration.roles { roles[role] = RolePolicy(settings) }
        banServers = Array(Set(configuration.roles.values.flatMap { $0.loadBalancers.map(\.server) })).sorted()
    }
}

extension RolePolicy {
    init(_ settings: MagewatchConfiguration.RoleSettings) {
        self.init(
            image: settings.image, limits: settings.limits, port: settings.port, addresses: settings.addresses,
            gateway: settings.gateway,
            sharedFiles: settings.sharedSource.flatMap { source in
                settings.sharedTarget.map { SharedFiles(source: source, target: $0) }
            },
            healthPath: settings.healthPath,
            loadBalancers: settings.loadBalancers.map { LoadBalancerPool(server: $0.server, pool: $0.pool) },
            maximumConnections: settings.maximumConnections, minimum: settings.minimum, maximum: settings.maximum)
    }
}
