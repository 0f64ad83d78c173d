package import AgentContract
package import Topology

/// A container that the stack of all roles begins with: an active one that runs, or a backup that does not.
package struct RoleContainer: Sendable, Equatable {
    package var name: String
    package var role: Role
    package var image: String
    package var server: RoleMachine
    package var address: String
    /// Whoever connects here finds it serving.
    package var port: Int
    package var cores: Double
    package var megabytes: Int
    package var backupOf: String?

    /// All of them. What holds data has a backup on the other server that is given its address and its data; what shares its work with others has one
    /// as well, so that the work of two is soon done by two again. The database's replica runs, and has an address and data of its own.
    package static let all = active + backups

    package static let active = [
        RoleContainer("db1", .db, "mariadb", .s1, "10.77.0.33", DatabaseRole.port, cores: 0.4, megabytes: 192),
        RoleContainer("cache1", .db, "cache", .s2, "10.77.0.32", CacheRole.redisPort, cores: 0.1, megabytes: 64),
        RoleContainer("queue1", .queue, "rabbitmq", .s2, "10.77.0.61", QueueRole.stompPort, cores: 0.8, megabytes: 384),
        RoleContainer("search1", .search, "search", .s1, "10.77.0.41", SearchRole.port, cores: 0.1, megabytes: 64),
        RoleContainer("search2", .search, "search", .s2, "10.77.0.42", SearchRole.port, cores: 0.1, megabytes: 64),
        RoleContainer("mail1", .mail, "mail", .s1, "10.77.0.71", MailRole.port, cores: 0.4, megabytes: 128),
        RoleContainer("acc1", .acc, "acc", .s1, "10.77.0.81", AccessRole.port, cores: 0.2, megabytes: 64),
        RoleContainer("web1", .web, "web", .s1, "10.77.0.21", WebRole.port, cores: WebRole.cores, megabytes: 128),
        RoleContainer("web2", .web, "web", .s2, "10.77.0.22", WebRole.port, cores: WebRole.cores, megabytes: 128),
        RoleContainer("work1", .queue, "worker", .s1, "10.77.0.62", QueueRole.workerPort, cores: 0.1, megabytes: 64),
    ]

    package static let backups = active.map { active in
        var backup = active
        if active.isReplicated {
            backup.name = "db2"
            backup.address = "10.77.0.34"
        } else {
            backup.name += "b"
        }
        backup.server = active.server == .s1 ? .s2 : .s1
        backup.backupOf = active.name
        return backup
    }

    /// The address that moves with the primary, with prefix length.
    package static let databaseAddress = "\(DatabaseRole.address)/\(AddressPlan.prefixLength)"

    private init(
        _ name: String, _ role: Role, _ image: String, _ server: RoleMachine, _ address: String, _ port: Int, cores: Double,
        megabytes: Int
    ) {
        self.name = name
        self.role = role
        self.image = image
        self.server = server
        self.address = address
        self.port = port
        self.cores = cores
        self.megabytes = megabytes
    }

    /// A member of the replicated database.
    package var isReplicated: Bool { image == "mariadb" }

    /// The pool of the load balancers that it is in, if any; of a replicated database the primary is.
    package var pool: String? {
        switch role {
        case .web: WebRole.pool
        case .search: SearchRole.pool
        case .db: isReplicated ? DatabaseRole.pool : nil
        default: nil
        }
    }

    /// What starts it on its server.
    /// - Parameter databasePassword: file with the password of the database's members.
    package func specification(databasePassword: String) -> ContainerSpecification {
        ContainerSpecification(
            name: name, role: role, image: image, address: "\(address)/\(AddressPlan.prefixLength)",
            limits: Resources(cores: cores, memoryBytes: Int64(megabytes) << 20),
            sharedDirectory: role == .web ? RoleMonitorConfiguration.sharedTarget : nil,
            database: isReplicated ? DatabaseRole.access(passwordFile: databasePassword) : nil)
    }

    /// As a member of the replicated database.
    package func database(databasePassword: String) -> Database {
        Database(container: name, host: address, access: DatabaseRole.access(passwordFile: databasePassword))
    }

    /// What tells that it serves.
    package var probe: HealthProbe {
        HealthProbe(
            url: role == .web ? "http://\(address):\(port)\(WebRole.healthPath)" : "tcp://\(address):\(port)", timeoutSeconds: 40)
    }

    /// The steps that start it and give it work, with the machine that does each.
    package func steps(sharedSource: String, databasePassword: String) -> [(RoleMachine, Step)] {
        var steps: [(RoleMachine, Step)] = []
        let specification = specification(databasePassword: databasePassword)
        if let target = specification.sharedDirectory {
            steps.append((server, .mountSharedFiles(SharedFiles(source: sharedSource, target: target))))
        }
        steps += [(server, .startContainer(specification)), (server, .waitUntilHealthy(probe))]
        if isReplicated {
            // The replica joins by the monitor's plan once there is a monitor.
            let own = database(databasePassword: databasePassword)
            let lost = RoleContainer.all.filter { $0.isReplicated && $0.name != name }
                .map { $0.database(databasePassword: databasePassword) }
            steps.append((server, .promoteDatabase(own, DatabasePromotion(lost: lost, requiresReplica: false))))
            steps.append((server, .claimServiceAddress(address: RoleContainer.databaseAddress, container: name)))
        }
        guard let pool else { return steps }
        let backend = Backend(
            pool: pool, name: name, host: address, port: port, maximumConnections: RoleMonitorConfiguration.maximumConnections)
        return steps + RoleMachine.loadBalancers.map { ($0, .addBackend(backend)) }
    }
}
