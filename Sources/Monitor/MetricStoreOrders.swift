import Foundation
import MetricStore
import MonitorAPI
import Telemetry

/// Orders of the API to the metric store; copies go to a folder beside the stores.
struct MetricStoreOrders: StoreAdministration {
    let store: MetricStore
    /// Where copies are made, a folder each.
    let snapshotsDirectory: String

    func deleteSeries(matching matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws {
        _ = try store.delete(matching: matchers, in: range)
    }

    func snapshot(named name: String, skipsHead: Bool) throws {
        try FileManager.default.createDirectory(atPath: snapshotsDirectory, withIntermediateDirectories: true)
        _ = try store.snapshot(to: snapshotsDirectory + "/" + name, skipsHead: skipsHead)
    }

    func cleanTombstones() throws { try store.finishDeletions() }
}
