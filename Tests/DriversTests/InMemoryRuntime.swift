import AgentContract
import Drivers
import Synchronization

/// A runtime that only remembers: for what is true of every runtime.
final class InMemoryRuntime: ContainerRuntime {
    struct State {
        var containers: [String: ManagedContainer] = [:]
        var calls: [String] = []
    }

    let state = Mutex(State())

    func create(_ specification: ContainerSpecification) async throws {
        state.withLock {
            $0.calls.append("create \(specification.name)")
            $0.containers[specification.name] = ManagedContainer(specification: specification)
        }
    }

    func start(_ name: String) async throws {
        state.withLock {
            $0.calls.append("start \(name)")
            $0.containers[name]?.processID = 4711
        }
    }

    func announce(_ name: String) async throws { state.withLock { $0.calls.append("announce \(name)") } }

    func stop(_ name: String, grace: Duration) async throws {
        state.withLock {
            $0.calls.append("stop \(name)")
            $0.containers[name]?.processID = nil
        }
    }

    func remove(_ name: String) async throws {
        state.withLock {
            $0.calls.append("remove \(name)")
            $0.containers[name] = nil
        }
    }

    func find(_ name: String) async throws -> ManagedContainer? { state.withLock { $0.containers[name] } }
    func list() throws -> [ManagedContainer] { state.withLock { Array($0.containers.values) } }
    var calls: [String] { state.withLock { $0.calls } }
}
