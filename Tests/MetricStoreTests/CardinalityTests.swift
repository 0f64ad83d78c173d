import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Cardinality") struct CardinalityTests {
    @Test("Series are counted by metric, label, pair and source, and samples by encoding") func counts() async throws {
        let directory = try TemporaryDirectory("cardinality")
        let fixture = try StoreFixture(directory.path) { $0.retention = nil }
        #expect(fixture.store.cardinality(top: 5) == Cardinality())
        var random = SeededGenerator(seed: 51)
        for (source, name, count) in [("10.0.0.1", "many", 30), ("node", "few", 3), ("node", "one", 1)] {
            var batch = SampleBatch()
            batch.source = source
            for number in 0..<count {
                let samples = (0..<120).map { step in
                    Sample(step * 60_000, name == "many" ? Double(step) : Double(bitPattern: random.next()))
                }
                batch.append([Labels.metricNameLabel: name, "id": "\(number)", "job": source], samples)
            }
            _ = try await fixture.store.append(batch)
        }
        let found = fixture.store.cardinality(top: 2)
        #expect(found.series == 34)
        #expect(found.labelPairs == 3 + 30 + 2)
        let span: ClosedRange<Milliseconds> = 0...119 * 60_000
        #expect(found.span == span)
        #expect(found.byMetric == [.init(name: "many", count: 30), .init(name: "few", count: 3)])
        #expect(found.byLabel == [.init(name: "id", count: 30), .init(name: "__name__", count: 3)])
        #expect(found.bytesByLabel.first == .init(name: "id", count: 10 + 40))
        #expect(found.byLabelPair == [.init(name: "__name__=many", count: 30), .init(name: "job=10.0.0.1", count: 30)])
        #expect(found.bySource == [.init(name: "10.0.0.1", count: 30), .init(name: "node", count: 4)])
        #expect(found.encodings.isEmpty)
        try fixture.store.maintain(now: 20 * 3_600_000)
        for _ in 0..<2 {
            let blocks = fixture.store.cardinality(top: 2)
            #expect(blocks.series == 0)
            #expect(blocks.inspectedBytes == blocks.blockBytes && blocks.blockBytes > 0)
            #expect(blocks.encodings.map(\.name) == ["patterns", "decimals"])
            #expect(blocks.encodings.map(\.samples) == [4 * 120, 30 * 120])
            #expect(blocks.encodings[0].bytesPerSample > 7)
            #expect(blocks.encodings[1].bytesPerSample < 1)
        }
        #expect(fixture.store.cardinality(top: -1).byMetric.isEmpty)
        try fixture.store.close()
    }
}
