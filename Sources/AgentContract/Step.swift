package import Topology

/// One idempotent action on one machine. Doing it twice is the same as doing it once; each has an undo among the others.
package enum Step: Sendable, Hashable, Codable {
    /// Makes the container (if it is not there) and starts it (if it does not run).
    case startContainer(ContainerSpecification)
    /// Stops it within `graceSeconds` and removes what was made for it.
    case stopContainer(name: String, graceSeconds: Double)
    /// Makes the stack's shared files visible on the server.
    case mountSharedFiles(SharedFiles)
    case unmountSharedFiles(SharedFiles)
    /// Returns when the probe has succeeded; fails after `timeoutSeconds`.
    case waitUntilHealthy(HealthProbe)
    /// Adds a server to the load balancer's backend and sends it traffic.
    case addBackend(Backend)
    /// Sends it nothing new, and waits until nothing is under way or the deadline has passed.
    case drainBackend(Backend, deadlineSeconds: Double)
    /// Takes it out of the backend.
    case removeBackend(Backend)
    /// Puts an address on an interface and tells the neighbours (gratuitous ARP).
    case claimAddress(address: String, interface: String)
    case releaseAddress(address: String, interface: String)
    /// Refuses requests from an address until a time (milliseconds since 1970).
    case ban(address: String, until: Int64, reason: String)
    case unban(address: String)
    /// Makes a replica the primary: what it has received is applied to the end, then it follows nobody and takes writes.
    case promoteDatabase(Database, DatabasePromotion)
    /// Takes the right to write from a database and ends its clients' connections; it can acknowledge nothing any more.
    /// One that does not answer writes nothing and counts as demoted; with `answersWithinSeconds` above 0 it has to answer by then.
    case demoteDatabase(Database, answersWithinSeconds: Double)
    /// Has a replica listen to its primary no longer, what it has received is still applied. With `expectsLoss` only if the primary is
    /// not heard any more: the replica is a witness.
    case severReplica(Database, expectsLoss: Bool)
    /// Has a severed replica listen again.
    case resumeReplica(Database)
    /// Makes a database, a former primary too, the replica of another. One that has what the primary has not is refused.
    case followPrimary(Database, primary: Database)
    /// Returns when a replica has all that its primary had when asked.
    case awaitReplica(Database, primary: Database, timeoutSeconds: Double)
    /// Has a primary acknowledge nothing that no replica has, however long that takes.
    case requireReplica(Database)
    /// Has a primary acknowledge without its replicas.
    case waiveReplica(Database)
    /// Drops all traffic of a container's address on the server.
    case fence(address: String)
    case unfence(address: String)
    /// Puts a further address on a running container and tells the neighbours: where a role's clients find its primary.
    case claimServiceAddress(address: String, container: String)
    case releaseServiceAddress(address: String, container: String)

    /// The step's name in journals and metrics.
    package var name: String {
        switch self {
        case .startContainer: "start_container"
        case .stopContainer: "stop_container"
        case .mountSharedFiles: "mount_shared_files"
        case .unmountSharedFiles: "unmount_shared_files"
        case .waitUntilHealthy: "wait_until_healthy"
        case .addBackend: "add_backend"
        case .drainBackend: "drain_backend"
        case .removeBackend: "remove_backend"
        case .claimAddress: "claim_address"
        case .releaseAddress: "release_address"
        case .ban: "ban"
        case .unban: "unban"
        case .promoteDatabase: "promote_database"
        case .demoteDatabase: "demote_database"
        case .severReplica: "sever_replica"
        case .resumeReplica: "resume_replica"
        case .followPrimary: "follow_primary"
        case .awaitReplica: "await_replica"
        case .requireReplica: "require_replica"
        case .waiveReplica: "waive_replica"
        case .fence: "fence"
        case .unfence: "unfence"
        case .claimServiceAddress: "claim_service_address"
        case .releaseServiceAddress: "release_service_address"
        }
    }
}

extension Step {
    /// What it is done to, in words that tell it from another of its kind.
    package var object: String {
        switch self {
        case .startContainer(let container): "\(container.name) (\(container.image), \(container.address))"
        case .stopContainer(let name, _): name
        case .mountSharedFiles(let files), .unmountSharedFiles(let files): files.target
        case .waitUntilHealthy(let probe): probe.url
        case .addBackend(let backend), .drainBackend(let backend, _), .removeBackend(let backend):
            "\(backend.pool)/\(backend.name)"
        case .claimAddress(let address, _), .releaseAddress(let address, _): address
        case .ban(let address, _, _), .unban(let address), .fence(let address), .unfence(let address): address
        case .followPrimary(let database, let primary), .awaitReplica(let database, let primary, _):
            "\(database.container) (of \(primary.container))"
        case .claimServiceAddress(let address, let container), .releaseServiceAddress(let address, let container):
            "\(address) (\(container))"
        case .promoteDatabase, .demoteDatabase, .severReplica, .resumeReplica, .requireReplica, .waiveReplica:
            database?.container ?? ""
        }
    }

    /// The database it works on, for steps of that kind.
    package var database: Database? {
        switch self {
        case .promoteDatabase(let database, _), .demoteDatabase(let database, _), .severReplica(let database, _),
            .resumeReplica(let database), .followPrimary(let database, _), .awaitReplica(let database, _, _),
            .requireReplica(let database), .waiveReplica(let database):
            database
        case .startContainer, .stopContainer, .mountSharedFiles, .unmountSharedFiles, .waitUntilHealthy, .addBackend,
            .drainBackend, .removeBackend, .claimAddress, .releaseAddress, .ban, .unban, .fence, .unfence, .claimServiceAddress,
            .releaseServiceAddress:
            nil
        }
    }
}

/// What an agent needs to make a container.
package struct ContainerSpecification: Sendable, Hashable, Codable {
    package var name: String
    package var role: Role
    /// Name of an image in the agent's image directory.
    package var image: String
    /// With prefix length, for instance `10.77.0.21/24`.
    package var address: String
    package var gateway: String?
    package var limits: Resources
    /// Shared directory on the server, mounted read-only at `/srv`; nil for none.
    package var sharedDirectory: String?
    /// How its database is reached, where it is one that replicates: the agent watches it then.
    package var database: DatabaseAccess?

    package init(
        name: String, role: Role, image: String, address: String, gateway: String? = nil, limits: Resources,
        sharedDirectory: String? = nil, database: DatabaseAccess? = nil
    ) {
        self.name = name
        self.role = role
        self.image = image
        self.address = address
        self.gateway = gateway
        self.limits = limits
        self.sharedDirectory = sharedDirectory
        self.database = database
    }
}

/// The stack's shared files: where they come from, and where they are to be seen.
package struct SharedFiles: Sendable, Hashable, Codable {
    /// A directory to bind, or what another driver mounts.
    package var source: String
    package var target: String

    package init(source: String, target: String) {
        self.source = source
        self.target = target
    }
}

/// When a container counts as serving.
package struct HealthProbe: Sendable, Hashable, Codable {
    /// `http://ADDRESS:PORT/PATH` (a status below 400 is healthy) or `tcp://ADDRESS:PORT`.
    package var url: String
    package var timeoutSeconds: Double

    package init(url: String, timeoutSeconds: Double) {
        self.url = url
        self.timeoutSeconds = timeoutSeconds
    }
}

/// One server of a load balancer's backend.
package struct Backend: Sendable, Hashable, Codable {
    /// The backend's name in the load balancer.
    package var pool: String
    /// The server's name in it: the container's name.
    package var name: String
    package var host: String
    package var port: Int
    /// Most requests at once; 0 for no limit.
    package var maximumConnections: Int

    package init(pool: String, name: String, host: String, port: Int, maximumConnections: Int = 0) {
        self.pool = pool
        self.name = name
        self.host = host
        self.port = port
        self.maximumConnections = maximumConnections
    }
}
