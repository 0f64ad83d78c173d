import Topology

/// The text of the monitor's configuration: a stack of three members and two overflow servers, with everything that takes
/// minutes and hours in production taking seconds and a minute.
package struct MonitorConfiguration: Sendable {
    /// A period that a server is billed for.
    package static let billedPeriodSeconds = 60
    /// The last part of it, in which a server is given back.
    package static let releaseWindowSeconds = 12
    /// One container of `web`. Small, as two cores have to carry the whole stack, its clients and its monitor.
    package static let webCores = 0.15
    package static let databaseCores = 0.1
    package static let minimumWeb = 2
    package static let maximumWeb = 6
    package static let targetUtilisation = 0.7
    /// Most requests at once that HAProxy gives to one container; the others wait in its queue.
    package static let maximumConnections = 8
    /// Where a server's containers find the stack's shared files.
    package static let sharedTarget = "/run/stack"

    /// The processors a machine of the stack is said to have. A member has no room for a third `web`, and two fit on an
    /// overflow server.
    package static func cores(_ machine: AddressPlan.Machine) -> Double {
        switch machine {
        case .lb1: 0.05
        case .s1: 0.28
        case .s2: 0.28
        default: 0.35
        }
    }

    package let dataDirectory: String
    package let tokenFile: String
    package let sharedSource: String
    package let rulesDirectory: String
    package let leadSeconds: [Int]

    package init(
        dataDirectory: String, tokenFile: String, sharedSource: String, rulesDirectory: String, leadSeconds: [Int]
    ) {
        self.dataDirectory = dataDirectory
        self.tokenFile = tokenFile
        self.sharedSource = sharedSource
        self.rulesDirectory = rulesDirectory
        self.leadSeconds = leadSeconds
    }

    package func render() -> String {
        """
        stack: lab
        data: \(dataDirectory)
        ingest: { listen: "\(AddressPlan.Machine.mon.address):\(AddressPlan.ingestPort)" }
        api: { listen: "\(AddressPlan.Machine.mon.address):\(AddressPlan.apiPort)" }
        token-file: \(tokenFile)
        agent: { enabled: false }
        scrape: { interval: 500ms, timeout: 400ms }
        evaluation: { interval: 500ms }
        forecast: { interval: 2s, leads: [\(leadSeconds.map { "\($0)s" }.joined(separator: ", "))], limit: 0.85, history: 1h }
        scaler:
          mode: act
          billed-period: \(MonitorConfiguration.billedPeriodSeconds)s
          release-window: \(MonitorConfiguration.releaseWindowSeconds)s
          maximum-overflow-servers: \(AddressPlan.Machine.overflow.count)
          cool-down: 5s
          tick: 1s
          attach-time: 5s
          target-utilisation: \(MonitorConfiguration.targetUtilisation)
        allow: [\(AddressPlan.Machine.mon.address)]
        roles:
          web:
            image: web
            cores: \(MonitorConfiguration.webCores)
            memory: 128MiB
            port: \(AddressPlan.webPort)
            addresses: \(AddressPlan.newContainers)
            health: /health
            shared: { source: \(sharedSource), target: \(MonitorConfiguration.sharedTarget) }
            load-balancers: [ { server: lb1, pool: \(LoadBalancerConfiguration.pool) } ]
            maximum-connections: \(MonitorConfiguration.maximumConnections)
            minimum: \(MonitorConfiguration.minimumWeb)
            maximum: \(MonitorConfiguration.maximumWeb)
          db: { image: db, cores: \(MonitorConfiguration.databaseCores), memory: 64MiB, port: \(AddressPlan.databasePort) }
        servers:
        \(AddressPlan.Machine.servers.map(server).joined(separator: "\n"))
        containers:
        \(InitialContainers.all.map(container).joined(separator: "\n"))
        checks:
          - { name: shop, http: "http://\(AddressPlan.Machine.lb1.address)/health", interval: 1s, timeout: 1s, site: shop }
          - { name: db, tcp: "\(AddressPlan.db1):\(AddressPlan.databasePort)", interval: 1s, timeout: 1s }
        alerts: { rules: \(rulesDirectory), webhooks: [] }

        """
    }

    private func server(_ machine: AddressPlan.Machine) -> String {
        let kind = AddressPlan.Machine.overflow.contains(machine) ? "overflow" : "member"
        return "  - { name: \(machine.rawValue), kind: \(kind), address: \(machine.address), "
            + "agent: \"\(AddressPlan.agentURL(machine))\", cores: \(MonitorConfiguration.cores(machine)), memory: 1GiB }"
    }

    private func container(_ container: InitialContainers.Entry) -> String {
        let backup = container.backupOf.map { ", backup-of: \($0)" } ?? ""
        return "  - { name: \(container.name), role: \(container.role.rawValue), kind: \(backup.isEmpty ? "active" : "backup")"
            + "\(backup), server: \(container.server.rawValue), address: \(container.address)/\(AddressPlan.prefixLength) }"
    }
}
