package import Telemetry
package import Topology

/// Idle servers shared by stacks, and the leases of this one. Every verb can be repeated.
package protocol ServerPool: Sendable {
    /// Servers that could be leased now.
    func idleServers(at now: Milliseconds) async throws -> [Server]
    /// Leases a server, or returns the lease that runs.
    func lease(_ server: String, at now: Milliseconds) async throws -> Lease
    /// Ends a lease with the period paid for; nil where there was none.
    func release(_ server: String, at now: Milliseconds) async throws -> Lease?
}

/// Where leases are kept, so that a restart forgets none.
package protocol LeaseLedger: Sendable {
    /// All leases, ended ones included as long as they matter for tokens.
    func leases() async throws -> [Lease]
    /// Stores a lease in the place of the server's former one; durable when it returns.
    func put(_ lease: Lease) async throws
}
