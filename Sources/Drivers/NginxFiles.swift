import AgentContract
import Telemetry
import Topology

/// What nginx is told: kept on disk, and rendered to the files that its configuration includes. Pure.
struct NginxLedger: Sendable, Codable, Equatable {
    /// Most servers and most bans held; a further one is refused.
    static let maximumServers = 2000
    static let maximumBans = 20_000

    struct Server: Sendable, Codable, Equatable {
        var backend: Backend
        /// Gets nothing new.
        var isDrained = false
    }

    /// By `POOL/NAME`.
    var servers: [String: Server] = [:]
    /// Pools that ever had a server: their files stay, as nginx's configuration includes them.
    var pools: Set<String> = []
    /// End of each ban, by the text of its subject, in milliseconds since 1970.
    var bans: [String: Milliseconds] = [:]

    static func key(_ backend: Backend) -> String { "\(backend.pool)/\(backend.name)" }

    /// The body of an `upstream`, for `include`.
    func servers(of pool: String) -> String {
        let members = servers.values.filter { $0.backend.pool == pool }.sorted { $0.backend.name < $1.backend.name }
        // nginx refuses an upstream without a server.
        guard !members.isEmpty else { return "server 127.0.0.1:9 down;\n" }
        return members.map { server in
            let backend = server.backend
            let host = backend.host.contains(":") ? "[\(backend.host)]" : backend.host
            let limit = backend.maximumConnections > 0 ? " max_conns=\(backend.maximumConnections)" : ""
            return "server \(host):\(backend.port) max_fails=2 fail_timeout=1s\(limit)\(server.isDrained ? " down" : "");"
                + " # \(backend.name)\n"
        }.joined()
    }

    /// The body of a `geo`, for `include`.
    func bannedAddresses() -> String { bans.keys.sorted().map { "\($0) 1;\n" }.joined() }
}
