package import Telemetry
package import Topology

/// Billing of overflow servers by the started period, and what follows from it. Pure.
package struct LeaseArithmetic: Sendable, Equatable {
    /// Length of a billed period.
    package let period: Milliseconds

    /// Bills by the started hour unless told otherwise. A period below one millisecond counts as one.
    package init(period: Milliseconds = 3_600_000) {
        self.period = max(1, period)
    }

    /// Periods begun from the start of a lease until now; the first begins at once.
    package func startedPeriods(_ lease: Lease, at now: Milliseconds) -> Int64 {
        max(0, (lease.until ?? now) - lease.from) / period + (lease.until == nil ? 1 : endsInPeriod(lease))
    }

    /// When the period that is under way has been used up: giving the server back before that saves nothing.
    package func paidUntil(_ lease: Lease, at now: Milliseconds) -> Milliseconds {
        lease.until ?? lease.from + (max(0, now - lease.from) / period + 1) * period
    }

    /// The lease given back now: it ends with the period paid for.
    package func ending(_ lease: Lease, at now: Milliseconds) -> Lease {
        var ended = lease
        ended.until = paidUntil(lease, at: now)
        return ended
    }

    /// Servers without a lease, in their order, as each is free to be taken.
    package func idle(_ servers: [Server], leases: [Lease], at now: Milliseconds) -> [Server] {
        servers.filter { server in !leases.contains { $0.server == server.name && isHeld($0, at: now) } }
    }

    /// Whether the lease still keeps the server from others.
    package func isHeld(_ lease: Lease, at now: Milliseconds) -> Bool { lease.until.map { $0 > now } ?? true }

    /// A lease that begins now, with a token above all before.
    package func beginning(_ server: String, after leases: [Lease], at now: Milliseconds) -> Lease {
        Lease(server: server, from: now, fencingToken: (leases.map(\.fencingToken).max() ?? 0) + 1)
    }

    private func endsInPeriod(_ lease: Lease) -> Int64 {
        guard let until = lease.until else { return 0 }
        return until > lease.from && (until - lease.from) % period != 0 ? 1 : 0
    }
}
