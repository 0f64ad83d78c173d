package import AgentContract

/// Makes a stack's shared files visible on a server. Every verb can be repeated.
package protocol SharedFileSystem: Sendable {
    /// Mounts `files.source` at `files.target`.
    func attach(_ files: SharedFiles) async throws -> DriverOutcome
    /// Takes the mount away.
    func detach(_ files: SharedFiles) async throws -> DriverOutcome
    /// Whether they are mounted and answer.
    func isHealthy(_ files: SharedFiles) async -> Bool
}
