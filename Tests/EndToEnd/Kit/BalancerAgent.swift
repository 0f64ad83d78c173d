import Testing

/// The agent of one load balancer, `lb1`, and what a monitor has to be told to ban through it.
enum BalancerAgent {
    /// - Parameter arguments: HAProxy's socket, and the maps that it may fill.
    static func start(port: Int, data: String, token: String, _ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            try #require(MagewatchBinary.path),
            ["agent", "--name", "lb1", "--listen", "127.0.0.1:\(port)", "--data", data, "--token-file", token] + arguments)
    }

    /// The configuration of a monitor that scrapes it.
    static func monitorConfiguration(port: Int, token: String) -> String {
        """
        agent: { enabled: false }
        token-file: \(token)
        scrape: { interval: 1s, timeout: 1s }
        roles: { web: { load-balancers: [ { server: lb1, pool: web } ] } }
        servers: [ { name: lb1, address: 127.0.0.1, agent: "http://127.0.0.1:\(port)" } ]

        """
    }
}
