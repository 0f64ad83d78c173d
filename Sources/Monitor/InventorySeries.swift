import Synchronization
import Telemetry
import Topology

/// The inventory as series, so that rules can compare what should run with what is seen to run:
/// `magewatch_inventory_container{container, role, kind, server, state} 1`.
final class InventorySeries: Sendable {
    private let reported = Mutex<Set<Labels>>([])

    /// One moment of the inventory; what is not so any more is ended.
    func snapshot(_ stack: Stack, at time: Milliseconds) -> SampleBatch {
        let current = Set(stack.containers.map(InventorySeries.labels))
        return reported.withLock { reported in
            var batch = SampleBatch()
            for gone in reported.subtracting(current) { batch.append(gone, SampleBatch.staleMarker, at: time) }
            for labels in current { batch.append(labels, 1, at: time) }
            reported = current
            return batch
        }
    }

    private static func labels(_ container: Container) -> Labels {
        [
            "__name__": "magewatch_inventory_container", "container": container.name, "role": container.role.rawValue,
            "kind": container.kind.rawValue, "server": container.server, "state": container.state.rawValue,
        ]
    }
}
