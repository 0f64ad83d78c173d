/// Moves addresses between servers. Whoever claims one must know that the old holder has been fenced off. Every verb can be
/// repeated.
package protocol AddressFailover: Sendable {
    /// Puts the address on the interface and tells the neighbours.
    func claim(_ address: String, on interface: String) async throws -> DriverOutcome
    /// Takes it off.
    func release(_ address: String, from interface: String) async throws -> DriverOutcome
    /// Puts the address on the first interface of the container that a process is in, and tells the neighbours.
    func claim(_ address: String, inContainerOf process: Int32) async throws -> DriverOutcome
    /// Takes it off there.
    func release(_ address: String, inContainerOf process: Int32) async throws -> DriverOutcome
}
