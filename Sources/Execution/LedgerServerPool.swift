package import StateStore
package import Topology

/// A static list of warm overflow servers, leased by the started period; every lease is a line of the ledger.
package struct LedgerServerPool: ServerLeasing {
    private let state: StateStore
    private let servers: Set<String>
    private let billedPeriodSeconds: Double

    /// - Parameter servers: the servers of the pool; those that are no overflow servers are not leased.
    package init(servers: [Server], billedPeriodSeconds: Double, state: StateStore) {
        self.state = state
        self.servers = Set(servers.filter { $0.kind == .overflow }.map(\.name))
        self.billedPeriodSeconds = billedPeriodSeconds
    }

    package func attach(server: String, plan: String, at now: Int64) async throws -> LeasingOutcome {
        guard servers.contains(server) else {
            throw ExecutionError(
                .noServer, "the pool has no overflow server \(server); it has \(servers.sorted().joined(separator: ", "))")
        }
        let lease = try state.beginLease(of: server, at: now, periodSeconds: billedPeriodSeconds, plan: plan)
        // A plan that was interrupted after it took the lease finds its own.
        return lease.isNew || lease.record.plan == plan
            ? .done("leased \(server), token \(lease.record.fencingToken)")
            : .unchanged("\(server) is leased already, token \(lease.record.fencingToken)")
    }

    package func detach(server: String, at now: Int64) async throws -> LeasingOutcome {
        guard let record = try state.endLease(of: server, at: now) else { return .unchanged("\(server) has no lease") }
        return .done("returned \(server), \(record.periods) periods billed")
    }
}
