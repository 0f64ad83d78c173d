/// Cuts a container off at its server, whatever the container itself does. Every verb can be repeated.
package protocol Fence: Sendable {
    /// Drops all traffic of the address.
    func raise(_ address: String) async throws -> DriverOutcome
    /// Lets it pass again.
    func lower(_ address: String) async throws -> DriverOutcome
}
