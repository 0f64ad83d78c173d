/// Whether a lease was changed, or was so already.
package enum LeasingOutcome: Sendable, Equatable {
    case done(String)
    case unchanged(String)
}

/// The pool of overflow servers: leases them to the stack and takes them back. Doing either twice is doing it once.
package protocol ServerLeasing: Sendable {
    /// - Throws: ``ExecutionError`` or the store's error where the server can't be had.
    func attach(server: String, plan: String, at now: Int64) async throws -> LeasingOutcome
    func detach(server: String, at now: Int64) async throws -> LeasingOutcome
}
