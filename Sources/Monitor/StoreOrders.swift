import Foundation
import LogStore
import MetricStore
import MonitorAPI
import Telemetry

/// Orders of the API to the stores; copies go to a folder beside them.
struct StoreOrders: StoreAdministration {
    let metrics: MetricStore
    let logs: LogStore
    /// Where copies are made, a folder each.
    let snapshotsDirectory: String

    func deleteSeries(matching matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws {
        _ = try metrics.delete(matching: matchers, in: range)
    }

    /// A folder with one for each store. It has its name when all of it is on disk.
    func snapshot(named name: String, skipsHead: Bool) throws {
        let path = snapshotsDirectory + "/" + name
        let partial = path + ".partial"
        let files = FileManager.default
        do {
            try files.createDirectory(atPath: partial, withIntermediateDirectories: true)
            _ = try metrics.snapshot(to: partial + "/metrics", skipsHead: skipsHead)
            _ = try logs.snapshot(to: partial + "/logs")
            try files.moveItem(atPath: partial, toPath: path)
        } catch {
            try? files.removeItem(atPath: partial)
            throw error
        }
    }

    func cleanTombstones() throws { try metrics.finishDeletions() }
}
