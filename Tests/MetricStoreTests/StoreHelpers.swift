import Foundation
import Synchronization
import Telemetry
import TestKit

@testable import MetricStore

/// A store in a directory, with what it reported.
final class StoreFixture: Sendable {
    let store: MetricStore
    let metrics = SelfMetrics()
    let reports: Reports

    final class Reports: Sendable {
        let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
    }

    init(_ path: String, _ change: (inout MetricStore.Options) -> Void = { _ in }) throws {
        var options = MetricStore.Options()
        change(&options)
        let reports = Reports()
        self.reports = reports
        store = try MetricStore(directory: path, options: options, metrics: metrics) { line in
            reports.lines.withLock { $0.append(line) }
        }
    }

    func append(_ labels: Labels, _ value: Double, at time: Milliseconds) async throws -> AppendOutcome {
        var batch = SampleBatch()
        batch.append(labels, value, at: time)
        return try await store.append(batch)
    }

    /// Everything in the store, as patterns and fingerprints.
    func contents(_ range: ClosedRange<Milliseconds> = -1_000_000_000_000_000...1_000_000_000_000_000) throws -> Contents {
        var contents: Contents = [:]
        for reader in try store.select([], in: range) {
            var columns = SampleColumns()
            try reader.read(range, into: &columns)
            guard !columns.isEmpty else { continue }
            precondition(zip(columns.timestamps, columns.timestamps.dropFirst()).allSatisfy { $0 < $1 }, "ascending")
            let samples = columns.values.indices.map { fingerprint(columns.values[$0], columns.detail(at: $0)) }
            contents[reader.labels] = Dictionary(uniqueKeysWithValues: zip(columns.timestamps, samples))
        }
        return contents
    }
}

typealias Contents = [Labels: [Milliseconds: UInt64]]

func copyDirectory(_ from: TemporaryDirectory) throws -> TemporaryDirectory {
    let copy = try TemporaryDirectory("copy")
    try FileManager.default.removeItem(at: copy.url)
    try FileManager.default.copyItem(at: from.url, to: copy.url)
    return copy
}

func files(_ directory: TemporaryDirectory, _ folder: String, _ suffix: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
        at: directory.url.appendingPathComponent(folder), includingPropertiesForKeys: nil
    )
    .filter { $0.lastPathComponent.hasSuffix(suffix) }
    .sorted { $0.path < $1.path }
}

func series(_ number: Int) -> Labels {
    ["__name__": "requests_total", "job": number % 2 == 0 ? "web" : "db", "instance": "i\(number)"]
}

extension SampleBatch {
    /// Adds a sample that is more than a number to the series begun last.
    mutating func append(_ value: Double, _ detail: SampleDetail, at time: Milliseconds) {
        if let histogram = detail.histogram {
            append(histogram, at: time, startTimestamp: detail.startTimestamp)
        } else {
            append(value, at: time, startTimestamp: detail.startTimestamp)
        }
    }
}
