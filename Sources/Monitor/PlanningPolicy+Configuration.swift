import AgentContract
import Planning
import StackConfiguration
import Topology
import WAF

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
        guardRails = GuardRails(scaler)
        banServers = Array(Set(configuration.roles.values.flatMap { $0.loadBalancers.map(\.server) })).sorted()
        addressBanServers = Set(configuration.bans.servers).subtracting(banServers).sorted()
    }
}

extension BanToll.Limits {
    /// What a ban may hit, as the configuration states it.
    init(_ bans: MagewatchConfiguration.Bans) {
        self.init()
        orders = bans.maximumOrders
        logins = bans.maximumLogins
        innocentShare = bans.innocentShare
        requestsPerMinute = bans.pathRequestsPerMinute
    }
}

extension GuardRails {
    /// The guard rails as the configuration states them.
    init(_ scaler: MagewatchConfiguration.Scaler) {
        self.init()
        mode = Mode(scaler.mode)
        modes = scaler.modes.mapValues(Mode.init)
        pricePerServerHour = scaler.pricePerServerHour
        currency = scaler.currency
        maximumCost = Limits(scaler.maximumCost)
        maximumLeases = Limits(scaler.maximumLeases)
        blastRadius.containers = scaler.blastRadius.containers
        blastRadius.servers = scaler.blastRadius.servers
        blastRadius.share = scaler.blastRadius.share
        blastRadius.down = scaler.blastRadius.down
        twoPerson.purposes = Set(scaler.twoPerson.purposes.compactMap(Plan.Purpose.init(rawValue:)))
        twoPerson.cost = scaler.twoPerson.cost
        standDown.coverage = scaler.standDown.coverage
        standDown.failures = scaler.standDown.failures
        standDown.retrySeconds = scaler.standDown.retrySeconds
    }
}

extension GuardRails.Mode {
    init(_ mode: MagewatchConfiguration.Scaler.Mode) {
        switch mode {
        case .observe: self = .observe
        case .ask: self = .ask
        case .act: self = .act
        }
    }
}

extension GuardRails.Limits {
    init(_ limits: MagewatchConfiguration.Scaler.Limits) {
        self.init(hour: limits.hour, day: limits.day, month: limits.month)
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
            maximumConnections: settings.maximumConnections, minimum: settings.minimum, maximum: settings.maximum,
            replication: settings.replication.map(Replication.init))
    }
}

extension RolePolicy.Replication {
    init(_ settings: MagewatchConfiguration.RoleSettings.Replication) {
        let kind: DatabaseAccess.Kind =
            switch settings.kind {
            case .mariadb: .mariadb
            }
        self.init(
            access: DatabaseAccess(
                kind: kind, port: settings.port, user: settings.user, passwordFile: settings.passwordFile,
                socket: settings.socket), serviceAddress: settings.address, apart: settings.apart)
    }
}
