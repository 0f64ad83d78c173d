import Topology

/// The text of the monitor's configuration for the stack of all roles.
package struct RoleMonitorConfiguration: Sendable {
    /// Where a server's containers find the stack's shared files.
    package static let sharedTarget = "/run/stack"
    /// Most requests at once that HAProxy gives to one container.
    package static let maximumConnections = 8

    /// Lines of it are taken up to a limit.
    package static let limitedApplication = "chatter"

    package let dataDirectory: String
    package let tokenFile: String
    package let sharedSource: String
    package let rulesDirectory: String
    package let databasePassword: String

    package init(
        dataDirectory: String, tokenFile: String, sharedSource: String, rulesDirectory: String, databasePassword: String
    ) {
        self.databasePassword = databasePassword
        self.dataDirectory = dataDirectory
        self.tokenFile = tokenFile
        self.sharedSource = sharedSource
        self.rulesDirectory = rulesDirectory
    }

    package func render() -> String {
        """
        stack: shop
        data: \(dataDirectory)
        ingest: { listen: "0.0.0.0:\(AddressPlan.ingestPort)" }
        api: { listen: "0.0.0.0:\(AddressPlan.apiPort)" }
        token-file: \(tokenFile)
        agent: { enabled: false }
        scrape:
          interval: 400ms
          timeout: 400ms
          targets:
            - { job: rabbitmq, url: "http://\(QueueRole.address):\(QueueRole.metricsPort)/metrics/per-object" }
        evaluation: { interval: 250ms }
        forecast: { interval: 5s, leads: [10s, 30s], limit: 0.85, history: 1h }
        scaler:
          mode: act
          billed-period: 1h
          release-window: 120s
          maximum-overflow-servers: 1
          cool-down: 5s
          tick: 1s
          attach-time: 5s
          target-utilisation: 0.7
        logs:
          rate-limits:
            - { selector: '{app="\(RoleMonitorConfiguration.limitedApplication)"}', rate: 100KiB, burst: 200KiB }
        allow: [10.77.0.0/24]
        roles:
          web:
            image: web
            cores: \(WebRole.cores)
            memory: 128MiB
            port: \(WebRole.port)
            addresses: 10.77.0.100-10.77.0.109/24
            health: \(WebRole.healthPath)
            shared: { source: \(sharedSource), target: \(RoleMonitorConfiguration.sharedTarget) }
            load-balancers: [ \(pools(WebRole.pool)) ]
            maximum-connections: \(RoleMonitorConfiguration.maximumConnections)
            minimum: 2
            maximum: 4
          search:
            image: search
            cores: 0.1
            memory: 64MiB
            port: \(SearchRole.port)
            addresses: 10.77.0.110-10.77.0.119/24
            load-balancers: [ \(pools(SearchRole.pool)) ]
            maximum-connections: \(RoleMonitorConfiguration.maximumConnections)
            minimum: 2
            maximum: 3
          queue:
            image: worker
            cores: 0.1
            memory: 64MiB
            port: \(QueueRole.workerPort)
            addresses: 10.77.0.120-10.77.0.129/24
            minimum: 2
            maximum: 4
          db:
            image: mariadb
            port: \(DatabaseRole.port)
            load-balancers: [ \(pools(DatabaseRole.pool)) ]
            maximum-connections: \(DatabaseRole.maximumConnections - 10)
            minimum: 1
            maximum: 2
            replication:
              kind: mariadb
              user: \(DatabaseRole.memberUser)
              password-file: \(databasePassword)
              address: \(RoleContainer.databaseAddress)
              apart: [\(apart)]
          mail: { image: mail, port: \(MailRole.port) }
          acc: { image: acc, port: \(AccessRole.port) }
        servers:
        \(RoleMachine.servers.map(server).joined(separator: "\n"))
        containers:
        \(RoleContainer.all.map(container).joined(separator: "\n"))
        checks:
          - { name: shop, http: "http://\(RoleMachine.shopAddress)\(LoadBalancerRole.healthPath)", interval: 1s, timeout: 1s, site: shop }
          - { name: db, tcp: "\(DatabaseRole.address):\(DatabaseRole.port)", interval: 1s, timeout: 1s }
          - { name: mail, tcp: "\(MailRole.address):\(MailRole.port)", greeting: smtp, interval: 500ms, timeout: 1s, labels: { role: mail } }
          - { name: acc, tcp: "\(AccessRole.address):\(AccessRole.port)", greeting: ssh, interval: 500ms, timeout: 1s, labels: { role: acc } }
        alerts: { rules: \(rulesDirectory), webhooks: [] }

        """
    }

    /// The cache is of the role, and no member of the database.
    private var apart: String {
        RoleContainer.all.filter { $0.role == .db && !$0.isReplicated }.map(\.name).joined(separator: ", ")
    }

    private func pools(_ pool: String) -> String {
        RoleMachine.loadBalancers.map { "{ server: \($0.rawValue), pool: \(pool) }" }.joined(separator: ", ")
    }

    private func server(_ machine: RoleMachine) -> String {
        "  - { name: \(machine.rawValue), kind: \(machine == .o1 ? "overflow" : "member"), address: \(machine.address), "
            + "agent: \"http://\(machine.address):\(AddressPlan.agentPort)\", cores: \(machine.cores), memory: 2GiB }"
    }

    private func container(_ container: RoleContainer) -> String {
        let backup = container.backupOf.map { ", backup-of: \($0)" } ?? ""
        return
            "  - { name: \(container.name), role: \(container.role.rawValue), kind: \(backup.isEmpty ? "active" : "backup")\(backup), "
            + "server: \(container.server.rawValue), address: \(container.address)/\(AddressPlan.prefixLength), port: \(container.port), "
            + "image: \(container.image), cores: \(container.cores), memory: \(container.megabytes)MiB }"
    }
}
