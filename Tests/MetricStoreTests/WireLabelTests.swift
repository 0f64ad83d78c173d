import Telemetry
import TestKit
import Testing

@testable import MetricStore

/// Labels as senders write them, protobuf fields one after the other.
private func wire(_ labels: [(String, String)]) -> [UInt8] {
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes = [number << 3 | 2]
        SampleBatch.appendLength(content.count, to: &bytes)
        return bytes + content
    }
    return labels.flatMap { field(1, field(1, Array($0.0.utf8)) + field(2, Array($0.1.utf8))) }
}

private func batch(_ labels: [UInt8], _ value: Double, at time: Milliseconds) -> SampleBatch {
    var batch = SampleBatch(wire: labels)
    batch.beginSeries(wireLabels: labels.indices)
    batch.append(value, at: time)
    return batch
}

@Suite("Labels left as they were received") struct WireLabelTests {
    @Test("However a sender writes its labels, the series is the one of those labels")
    func sameSeries() async throws {
        let directory = try TemporaryDirectory("wire")
        let fixture = try StoreFixture(directory.path)
        let labels: Labels = ["__name__": "m", "a": "1", "b": "2"]
        _ = try await fixture.append(labels, 1, at: 1)
        for (time, form) in [
            (2, [("__name__", "m"), ("a", "1"), ("b", "2")]), (3, [("b", "2"), ("__name__", "m"), ("a", "1")]),
            (4, [("__name__", "m"), ("a", "1"), ("b", "2"), ("empty", "")]), (5, [("__name__", "m"), ("a", "1"), ("b", "2")]),
        ] as [(Milliseconds, [(String, String)])] {
            #expect(try await fixture.store.append(batch(wire(form), Double(time), at: time)).accepted == 1)
        }
        #expect(fixture.store.statistics.series == 1)
        #expect(try fixture.contents()[labels]?.count == 5)
        try fixture.store.close()
    }

    @Test(
        "Labels that are not sound are refused with a reason, each time they come",
        arguments: [
            ([], "no_labels"), ([0x0a], "damaged_label"), ([0x0a, 5, 1], "damaged_label"),
            (wire([("", "x")]), "damaged_label"), (wire([("a", "1"), ("a", "2")]), "duplicate_label"),
            (wire((0...SampleBatch.maximumLabels).map { ("l\($0)", "v") }), "too_many_labels"),
            (wire([("a", String(repeating: "x", count: SampleBatch.maximumLabelBytes + 1))]), "label_too_long"),
        ] as [([UInt8], String)])
    func refused(labels: [UInt8], reason: String) async throws {
        let directory = try TemporaryDirectory("wire")
        let fixture = try StoreFixture(directory.path)
        for time in 1...2 as ClosedRange<Milliseconds> {
            let outcome = try await fixture.store.append(batch(labels, 1, at: time))
            #expect(outcome == AppendOutcome(refused: [reason: 1]))
        }
        try fixture.store.close()
    }

    @Test("Bytes whose series left memory mean the same series when it comes back, and never one that took its place")
    func reusedSlot() async throws {
        let directory = try TemporaryDirectory("wire")
        let hour: Milliseconds = 3_600_000
        let fixture = try StoreFixture(directory.path) { options in
            options.retention = nil
            options.clock = { 100 * hour }
        }
        let first = wire([("__name__", "first")])
        let second = wire([("__name__", "second")])
        _ = try await fixture.store.append(batch(first, 1, at: hour))
        try fixture.store.maintain(now: 50 * hour)
        #expect(fixture.store.statistics.series == 0)
        _ = try await fixture.store.append(batch(second, 2, at: 51 * hour))
        _ = try await fixture.store.append(batch(first, 3, at: 52 * hour))
        let contents = try fixture.contents()
        #expect(contents[["__name__": "first"]]?.count == 2)
        #expect(contents[["__name__": "second"]]?.count == 1)
        try fixture.store.close()
    }

    @Test("Senders that never repeat their bytes do not fill the memory")
    func bounded() {
        var aliases = SeriesAliases()
        for number in 0..<3 * UInt64(SeriesAliases.spare) {
            aliases.set(SeriesAlias(high: number, low: 0), to: .init(slot: 0, generation: 1), seriesCount: 1)
        }
        #expect(aliases.place(of: SeriesAlias(high: 0, low: 0)) == nil)
        let last = 3 * UInt64(SeriesAliases.spare) - 1
        #expect(aliases.place(of: SeriesAlias(high: last, low: 0)) != nil)
    }
}
