package import Telemetry
package import Topology

/// A fixed list of warm servers that run an agent already.
package actor StaticServerPool: ServerPool {
    private let servers: [Server]
    private let arithmetic: LeaseArithmetic
    private let ledger: any LeaseLedger

    package init(servers: [Server], arithmetic: LeaseArithmetic = LeaseArithmetic(), ledger: any LeaseLedger) {
        self.servers = servers
        self.arithmetic = arithmetic
        self.ledger = ledger
    }

    package func idleServers(at now: Milliseconds) async throws -> [Server] {
        arithmetic.idle(servers, leases: try await ledger.leases(), at: now)
    }

    package func lease(_ server: String, at now: Milliseconds) async throws -> Lease {
        guard servers.contains(where: { $0.name == server }) else {
            throw DriverError(
                .missing, "the pool has no server '\(server)'; it has \(servers.map(\.name).joined(separator: ", "))")
        }
        let leases = try await ledger.leases()
        if var held = leases.first(where: { $0.server == server && arithmetic.isHeld($0, at: now) }) {
            // Taken back within the time already paid for: it runs on, under a new token.
            guard held.until != nil else { return held }
            held.until = nil
            held.fencingToken = arithmetic.beginning(server, after: leases, at: now).fencingToken
            try await ledger.put(held)
            return held
        }
        let lease = arithmetic.beginning(server, after: leases, at: now)
        try await ledger.put(lease)
        return lease
    }

    package func release(_ server: String, at now: Milliseconds) async throws -> Lease? {
        guard let held = try await ledger.leases().first(where: { $0.server == server && $0.until == nil }) else { return nil }
        let ended = arithmetic.ending(held, at: now)
        try await ledger.put(ended)
        return ended
    }
}
