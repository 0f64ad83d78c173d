package import Topology

/// Where a service runs: in a role container, or on the server itself.
package struct ServiceScope: Sendable, Hashable {
    /// Nil on the server itself.
    package var container: String?
    package var role: Role?
    /// The container's first process; nil on the server itself.
    package var firstProcess: Int32?
    /// What all of the container may use; nil where there is no limit.
    package var memoryLimitBytes: Double?

    /// A container.
    package init(container: String, role: Role, firstProcess: Int32, memoryLimitBytes: Double? = nil) {
        self.container = container
        self.role = role
        self.firstProcess = firstProcess
        self.memoryLimitBytes = memoryLimitBytes
    }

    /// The server itself.
    package static let server = ServiceScope()

    private init() {}
}
