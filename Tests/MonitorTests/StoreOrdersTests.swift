import Foundation
import LogStore
import MetricStore
import StackConfiguration
import Telemetry
import TestKit
import Testing

@testable import Monitor

@Suite("What the configuration and orders say to the stores")
struct StoreOrdersTests {
    private func stores(_ text: String, _ directory: TemporaryDirectory) throws -> MonitorStores {
        var configuration = try ConfigurationFile.parse(text, file: "m.yaml")
        configuration.dataDirectory = directory.path + "/data"
        return try MonitorStores(configuration, metrics: SelfMetrics()) { _ in }
    }

    private func batch(_ app: String, _ lines: [String], metadata: Labels = .empty) -> LogBatch {
        var batch = LogBatch()
        for (index, line) in lines.enumerated() {
            batch.append(["app": app], at: SystemClock.nanoseconds() + Int64(index), line: Array(line.utf8), metadata: metadata)
        }
        return batch
    }

    @Test("Limits of the configuration hold in the log store")
    func limits() async throws {
        let directory = try TemporaryDirectory("limits")
        let stores = try stores(
            """
            logs:
              maximum-line: 1KiB
              long-lines: refuse
              maximum-fields: 1
              maximum-streams: 3
              rate-limits: [ { selector: '{app="noisy"}', rate: 10, burst: 100 } ]
            """, directory)
        let long = String(repeating: "x", count: 1025)
        #expect(try await stores.logs.append(batch("a", [long, "short"])).refused == ["line_too_long": 1])
        let fields: Labels = ["one": "1", "two": "2"]
        #expect(try await stores.logs.append(batch("a", ["x"], metadata: fields)).refused == ["too_many_fields": 1])
        let words = Array(repeating: String(repeating: "y", count: 50), count: 3)
        #expect(try await stores.logs.append(batch("noisy", words)).refused == ["rate_limited": 1])
        #expect(try await stores.logs.append(batch("quiet", words)).accepted == 3)
        #expect(try await stores.logs.append(batch("fourth", ["x"])).refused == ["too_many_streams": 1])
        try stores.close()
    }

    @Test("A line that the ingest port cut is refused where long lines are")
    func cutBefore() async throws {
        let directory = try TemporaryDirectory("cut")
        let stores = try stores("logs: { long-lines: refuse }", directory)
        let line = String(repeating: "x", count: LogBatch.maximumLineBytes)
        #expect(try await stores.logs.append(batch("a", [line])).refused == ["line_too_long": 1])
        #expect(try await stores.logs.append(batch("a", [String(line.dropLast())])).accepted == 1)
        try stores.close()
    }

    @Test("Streams of a selector are kept as its rule says, others as all are")
    func retention() async throws {
        let directory = try TemporaryDirectory("retention")
        let stores = try stores(
            "retention: { logs: 2d, logs-disk: 1GiB, logs-rules: [ { selector: '{app=\"audit\"}', keep: 400d } ] }", directory)
        let day: Nanoseconds = 86_400_000_000_000
        try stores.logs.maintain(now: 500 * day)
        var old = LogBatch()
        for app in ["audit", "web"] { old.append(["app": app], at: 490 * day, line: Array(app.utf8)) }
        let outcome = try await stores.logs.append(old)
        #expect(outcome.accepted == 1 && outcome.refused == ["too_old": 1])
        let configuration = try ConfigurationFile.parse("retention: { logs-disk: 1GiB }", file: "m.yaml")
        #expect(MonitorStores.logOptions(configuration).maximumBytes == 1 << 30)
        try stores.close()
    }

    @Test("A copy holds metrics and logs, and both are put back")
    func copy() async throws {
        let directory = try TemporaryDirectory("copy")
        let stores = try stores("", directory)
        _ = try await stores.logs.append(batch("a", ["one", "two"]))
        var samples = SampleBatch()
        samples.append(["__name__": "up"], 1, at: SystemClock.milliseconds())
        _ = try await stores.metrics.append(samples)
        let orders = StoreOrders(
            metrics: stores.metrics, logs: stores.logs, snapshotsDirectory: stores.snapshotDirectory)
        try orders.snapshot(named: "first", skipsHead: false)
        _ = try await stores.logs.append(batch("a", ["three"]))
        // A name that stands there is refused, and nothing is left of the attempt.
        #expect(throws: (any Error).self) { try orders.snapshot(named: "first", skipsHead: false) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: stores.snapshotDirectory) == ["first"])
        try stores.close()

        let copy = stores.snapshotDirectory + "/first"
        let logs = try LogStore.restore(snapshot: copy + "/logs", to: directory.path + "/new/logs") { Issue.record("\($0)") }
        #expect(logs.blockLines == 2)
        let series = try MetricStore.restore(snapshot: copy + "/metrics", to: directory.path + "/new/metrics") {
            Issue.record("\($0)")
        }
        #expect(series.series == 1)
    }
}
