import AgentContract
import Telemetry

/// What HAProxy was told at run time and forgets when it restarts: kept on disk so that it can be told again.
struct HAProxyLedger: Sendable, Codable, Equatable {
    /// Most bans held; a further one is refused.
    static let maximumBans = 20_000
    /// Most servers held.
    static let maximumServers = 2000

    /// Servers that are to be there, by `POOL/NAME`.
    var servers: [String: Backend] = [:]
    /// End of each ban, by the text of its subject, in milliseconds since 1970.
    var bans: [String: Milliseconds] = [:]

    static func key(_ backend: Backend) -> String { "\(backend.pool)/\(backend.name)" }

    /// Takes out bans whose time is over, and returns what they were of.
    mutating func removeExpired(at now: Milliseconds) -> [String] {
        let over = bans.filter { $0.value <= now }.map(\.key).sorted()
        for address in over { bans[address] = nil }
        return over
    }
}
