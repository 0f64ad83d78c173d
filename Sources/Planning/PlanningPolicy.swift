package import AgentContract
package import Topology

/// What the operator lets the planner do.
package struct PlanningPolicy: Sendable {
    /// Overflow servers are billed by the started period.
    package var billedPeriodSeconds = 3600.0
    /// How long before the end of a billed period a server that is not needed is given back.
    package var releaseWindowSeconds = 120.0
    package var maximumOverflowServers = 4
    /// After a role was scaled, it is left alone for so long.
    package var coolDownSeconds = 15.0
    /// Utilisation that counts as saturated.
    package var saturation = 0.85
    /// Utilisation above which a server takes nothing more, and that a role is sized for while it has no sizing of its own.
    package var targetUtilisation = 0.7
    /// Leads of a forecast that count for a decision.
    package var horizonSeconds = 900.0
    /// How long a drained backend may finish what is under way.
    package var drainSeconds = 20.0
    package var roles: [Role: RolePolicy] = [:]
    package var guardRails = GuardRails()
    /// Servers whose load balancer enforces bans.
    package var banServers: [String] = []
    /// Further servers that ban addresses and networks, and neither sessions nor paths.
    package var addressBanServers: [String] = []
    /// Addresses and networks that are never banned, for instance `10.0.0.0/8`.
    package var allow: [String] = []
    /// The first ban of an address, and what each repetition multiplies it by, up to the longest.
    package var firstBanSeconds = 600.0
    package var banGrowth = 4.0
    package var longestBanSeconds = 86_400.0

    package init() {}
}

/// How a role's containers are made, and how many there may be.
package struct RolePolicy: Sendable {
    /// A load balancer's backend that serves the role.
    package struct LoadBalancerPool: Sendable, Hashable {
        package var server: String
        package var pool: String

        package init(server: String, pool: String) {
            self.server = server
            self.pool = pool
        }
    }

    /// How a role's data is replicated: one active is its primary, its backups run and follow it.
    package struct Replication: Sendable, Hashable {
        package var access: DatabaseAccess
        /// Address with prefix length that the primary holds beside its own, for clients that no load balancer leads; nil for none.
        package var serviceAddress: String?
        /// Containers of the role that are no members, such as the cache beside a database.
        package var apart: Set<String>

        package init(access: DatabaseAccess, serviceAddress: String? = nil, apart: Set<String> = []) {
            self.access = access
            self.serviceAddress = serviceAddress
            self.apart = apart
        }
    }

    package var image: String
    package var limits: Resources
    package var port: Int
    /// Addresses that new containers may have, with prefix length.
    package var addresses: [String]
    package var gateway: String?
    package var sharedFiles: SharedFiles?
    /// Path of the health probe over HTTP; nil for a TCP connection.
    package var healthPath: String?
    package var loadBalancers: [LoadBalancerPool]
    package var maximumConnections: Int
    package var minimum: Int
    package var maximum: Int
    /// How long a new container may take until it serves.
    package var serveTimeoutSeconds: Double
    /// An operator has said that the role is to be left as it is.
    package var isFrozen: Bool
    /// Nil for a role whose containers have no data to follow each other by.
    package var replication: Replication?

    package init(
        image: String, limits: Resources, port: Int, addresses: [String], gateway: String? = nil,
        sharedFiles: SharedFiles? = nil, healthPath: String? = nil, loadBalancers: [LoadBalancerPool] = [],
        maximumConnections: Int = 0, minimum: Int = 1, maximum: Int, serveTimeoutSeconds: Double = 30,
        isFrozen: Bool = false, replication: Replication? = nil
    ) {
        self.image = image
        self.limits = limits
        self.port = port
        self.addresses = addresses
        self.gateway = gateway
        self.sharedFiles = sharedFiles
        self.healthPath = healthPath
        self.loadBalancers = loadBalancers
        self.maximumConnections = maximumConnections
        self.minimum = minimum
        self.maximum = maximum
        self.serveTimeoutSeconds = serveTimeoutSeconds
        self.isFrozen = isFrozen
        self.replication = replication
    }
}
