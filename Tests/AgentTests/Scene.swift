import AgentContract
import Drivers
import Synchronization
import Telemetry
import Topology

/// Drivers that remember what they were asked, and fail where they are told to.
final class FakeDrivers: ContainerRuntime, SharedFileSystem, AddressFailover {
    struct State {
        var containers: [String: ManagedContainer] = [:]
        var starts = 0
        var failure: DriverError?
    }

    let state = Mutex(State())

    func create(_ specification: ContainerSpecification) async throws {
        try state.withLock {
            if let failure = $0.failure { throw failure }
            $0.containers[specification.name] = ManagedContainer(specification: specification)
        }
    }

    func start(_ name: String) async throws {
        // Gives way, so that a second step could come between if it were let.
        await Task.yield()
        state.withLock {
            $0.starts += 1
            $0.containers[name]?.processID = 1
        }
    }

    func announce(_ name: String) async throws {}
    func stop(_ name: String, grace: Duration) async throws { state.withLock { $0.containers[name]?.processID = nil } }
    func remove(_ name: String) async throws { state.withLock { $0.containers[name] = nil } }
    func find(_ name: String) async throws -> ManagedContainer? { state.withLock { $0.containers[name] } }
    func list() throws -> [ManagedContainer] { state.withLock { $0.containers.values.sorted { $0.startedAt < $1.startedAt } } }
    func attach(_ files: SharedFiles) async throws -> DriverOutcome { .unchanged("") }
    func detach(_ files: SharedFiles) async throws -> DriverOutcome { .unchanged("") }
    func isHealthy(_ files: SharedFiles) async -> Bool { true }
    func claim(_ address: String, on interface: String) async throws -> DriverOutcome { .done("") }
    func release(_ address: String, from interface: String) async throws -> DriverOutcome { .done("") }
    func claim(_ address: String, inContainerOf process: Int32) async throws -> DriverOutcome {
        .done("\(address) in \(process)")
    }
    func release(_ address: String, inContainerOf process: Int32) async throws -> DriverOutcome { .done("") }

    var starts: Int { state.withLock { $0.starts } }
    func fail(with error: DriverError?) { state.withLock { $0.failure = error } }
}

enum Scene {
    static func specification(_ name: String) -> ContainerSpecification {
        ContainerSpecification(
            name: name, role: .web, image: "web", address: "10.0.0.5/24", limits: Resources(cores: 1, memoryBytes: 1 << 20))
    }

    static func start(_ name: String, id: String, token: Int64 = 1) -> StepRequest {
        StepRequest(id: id, fencingToken: token, step: .startContainer(specification(name)))
    }
}
