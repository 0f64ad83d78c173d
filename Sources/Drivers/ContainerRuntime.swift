package import AgentContract
package import Telemetry

/// Makes, starts, stops and lists the role containers of one server. Every verb can be repeated.
package protocol ContainerRuntime: Sendable {
    /// Prepares what the container is made of; nothing runs yet. Replaces what an earlier, stopped one of the name left.
    func create(_ specification: ContainerSpecification) async throws
    /// Starts a created container and tells the neighbours its address.
    func start(_ name: String) async throws
    /// Tells the neighbours once more who has a running container's address.
    func announce(_ name: String) async throws
    /// Asks it to end, and ends it after the grace.
    func stop(_ name: String, grace: Duration) async throws
    /// Removes all that was made for a stopped container.
    func remove(_ name: String) async throws
    /// What is known about one container; nil where there is none of the name.
    func find(_ name: String) async throws -> ManagedContainer?
    /// All containers made here, by name. Cheap enough for each scrape.
    func list() throws -> [ManagedContainer]
}

/// A container as its runtime knows it.
package struct ManagedContainer: Sendable, Hashable, Codable {
    package var specification: ContainerSpecification
    /// The first process in it; nil where it does not run.
    package var processID: Int32?
    /// The kernel's start time of that process in ticks, which tells it from a later one with the same number.
    package var startTicks: UInt64
    /// When it was started last.
    package var startedAt: Milliseconds

    package init(
        specification: ContainerSpecification, processID: Int32? = nil, startTicks: UInt64 = 0, startedAt: Milliseconds = 0
    ) {
        self.specification = specification
        self.processID = processID
        self.startTicks = startTicks
        self.startedAt = startedAt
    }

    package var isRunning: Bool { processID != nil }
}

extension ContainerRuntime {
    /// Makes the container where it is not there and starts it where it does not run. One that runs already announces its address
    /// again, which settles who has it when another holder was stopped.
    /// - Throws: ``DriverError`` also where one of the name runs with other properties: it has to be stopped first.
    package func ensureRunning(_ specification: ContainerSpecification) async throws -> DriverOutcome {
        let name = specification.name
        if let present = try await find(name), present.isRunning {
            guard present.specification == specification else {
                throw DriverError(
                    .invalidRequest,
                    "container \(name) runs with another specification (image \(present.specification.image), address "
                        + "\(present.specification.address)); stop it first")
            }
            try await announce(name)
            return .unchanged("container \(name) runs already")
        }
        try await create(specification)
        try await start(name)
        return .done("container \(name) started at \(specification.address)")
    }

    /// Stops the container where it runs and removes what was made for it.
    package func ensureGone(_ name: String, grace: Duration) async throws -> DriverOutcome {
        guard let present = try await find(name) else { return .unchanged("there is no container \(name)") }
        if present.isRunning { try await stop(name, grace: grace) }
        try await remove(name)
        return .done("container \(name) stopped and removed")
    }
}
