import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Exemplars and metadata") struct ExtrasTests {
    static let hour: Milliseconds = 3_600_000

    private static func exemplar(_ trace: String, _ value: Double, at time: Milliseconds) -> Exemplar {
        Exemplar(labels: ["trace_id": trace], value: value, timestamp: time)
    }

    private static func batch(_ number: Int, _ exemplars: [Exemplar], at time: Milliseconds) -> SampleBatch {
        var batch = SampleBatch()
        batch.append(series(number), 1, at: time)
        for exemplar in exemplars { batch.appendExemplar(exemplar) }
        return batch
    }

    @Test("Exemplars are found by selector and range, survive a crash, and go with the head's time span")
    func exemplars() async throws {
        let directory = try TemporaryDirectory("exemplars")
        let fixture = try StoreFixture(directory.path)
        let (first, second) = (ExtrasTests.exemplar("a", 1, at: 1000), ExtrasTests.exemplar("b", .nan, at: 2000))
        _ = try await fixture.store.append(ExtrasTests.batch(1, [first], at: 1000))
        // Repeated, as senders do, and a new one.
        _ = try await fixture.store.append(ExtrasTests.batch(1, [first, second], at: 2000))
        _ = try await fixture.store.append(ExtrasTests.batch(2, [first], at: 2000))
        func found(_ store: MetricStore, _ matchers: [LabelMatcher], _ range: ClosedRange<Milliseconds>) throws -> [[String]] {
            try store.exemplars(matchingAny: [matchers], in: range).map { $0.exemplars.map { $0.labels["trace_id"] ?? "" } }
        }
        let copy = try copyDirectory(directory)
        let crashed = try StoreFixture(copy.path)
        for store in [fixture.store, crashed.store] {
            #expect(try found(store, [.equal("job", "db")], 0...5000) == [["a", "b"]])
            #expect(try found(store, [.equal("job", "db")], 1500...5000) == [["b"]])
            #expect(try store.exemplars(matchingAny: [], in: 0...1000).map(\.series) == [series(1), series(2)].sorted())
            #expect(try found(store, [.equal("job", "none")], 0...5000).isEmpty)
        }
        #expect(fixture.metrics.value("magewatch_metric_store_exemplars_total") == 3)
        try crashed.store.delete(matching: [.equal("instance", "i1")], in: 1500...5000)
        #expect(try found(crashed.store, [.equal("instance", "i1")], 0...5000) == [["a"]])
        try crashed.store.close()
        let again = try StoreFixture(copy.path)
        #expect(try found(again.store, [.equal("instance", "i1")], 0...5000) == [["a"]])
        try again.store.maintain(now: 10 * ExtrasTests.hour)
        #expect(again.store.statistics.exemplars == 0)
        try again.store.close()
        try fixture.store.close()
    }

    @Test("Exemplars that can't be taken are refused with a reason, and their samples are kept") func refused() async throws {
        let directory = try TemporaryDirectory("exemplars")
        let fixture = try StoreFixture(directory.path) {
            $0.clock = { 1_000_000 }
            $0.maximumFuture = 5000
            $0.maximumSeriesPerMetric = 1
        }
        let long = Exemplar(
            labels: ["t": String(repeating: "x", count: Exemplar.maximumLabelBytes)], value: 1, timestamp: 1000)
        let all = [
            ExtrasTests.exemplar("a", 1, at: 2000), ExtrasTests.exemplar("b", 1, at: 1000), long,
            ExtrasTests.exemplar("c", 1, at: 2_000_000), ExtrasTests.exemplar("d", 1, at: .min),
        ]
        var expected = AppendOutcome(accepted: 1)
        expected.exemplars = 1
        #expect(try await fixture.store.append(ExtrasTests.batch(1, all, at: 1000)) == expected)
        _ = try await fixture.store.append(ExtrasTests.batch(2, [ExtrasTests.exemplar("a", 1, at: 1000)], at: 1000))
        for reason in ["out_of_order", "labels_too_long", "too_new", "invalid_time", "unknown_series"] {
            #expect(fixture.metrics.value("magewatch_metric_store_refused_exemplars_total", ["reason": reason]) == 1, "\(reason)")
        }
        #expect(fixture.store.statistics.exemplars == 1)
        try fixture.store.close()
    }

    @Test("The ring keeps the newest exemplars of all series, as a plain list does", arguments: [31, 32, 33] as [UInt64])
    func ring(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var store = ExemplarStore(capacity: 50)
        var twin: [(series: [UInt8], exemplar: Exemplar)] = []
        for time in 0..<1000 as Range<Milliseconds> {
            let name = series(Int.random(in: 0..<6, using: &random)).canonicalBytes
            store.add(ExtrasTests.exemplar("\(time)", 1, at: time), to: name)
            twin.append((name, ExtrasTests.exemplar("\(time)", 1, at: time)))
            if twin.count > 50 { twin.removeFirst() }
            switch Int.random(in: 0..<40, using: &random) {
            case 0:
                store.forget(before: time - 20)
                twin.removeAll { $0.exemplar.timestamp < time - 20 }
            case 1:
                store.delete([.equal("instance", "i3")], in: time - 30...time - 10)
                twin.removeAll {
                    $0.series == series(3).canonicalBytes && (time - 30...time - 10).contains($0.exemplar.timestamp)
                }
            default: break
            }
            for number in 0..<6 {
                let name = series(number).canonicalBytes
                let expected = twin.filter { $0.series == name }.map(\.exemplar)
                #expect(store.exemplars(of: name) == expected, "seed \(seed)")
                #expect(store.newest(of: name) == expected.last, "seed \(seed)")
            }
            #expect(store.count == twin.count, "seed \(seed)")
        }
    }

    @Test("Metadata is kept by name, the last told wins, and it survives crashes, restarts and the log's end")
    func metadata() async throws {
        let directory = try TemporaryDirectory("metadata")
        let fixture = try StoreFixture(directory.path)
        var batch = SampleBatch()
        batch.setMetadata(MetricMetadata(kind: .counter, help: "Requests."), of: "requests_total")
        batch.setMetadata(MetricMetadata(kind: .gauge, help: "Heat \u{1F525}", unit: "celsius"), of: "temperature_celsius")
        _ = try await fixture.store.append(batch)
        batch.setMetadata(MetricMetadata(kind: .counter, help: "All requests."), of: "requests_total")
        _ = try await fixture.store.append(batch)
        let expected = [
            "requests_total": MetricMetadata(kind: .counter, help: "All requests."),
            "temperature_celsius": MetricMetadata(kind: .gauge, help: "Heat \u{1F525}", unit: "celsius"),
        ]
        #expect(fixture.store.metadata(of: nil, limit: 10) == expected)
        #expect(fixture.store.metadata(of: "requests_total", limit: 10).count == 1)
        #expect(fixture.store.metadata(of: "none", limit: 10).isEmpty)
        #expect(fixture.store.metadata(of: nil, limit: 1).keys.sorted() == ["requests_total"])
        let copy = try copyDirectory(directory)
        let crashed = try StoreFixture(copy.path)
        #expect(crashed.store.metadata(of: nil, limit: 10) == expected)
        try crashed.store.close()
        _ = try await fixture.append(series(1), 1, at: 1000)
        try fixture.store.maintain(now: 10 * ExtrasTests.hour)
        #expect(fixture.store.statistics.walSegments == 0)
        let later = try copyDirectory(directory)
        let again = try StoreFixture(later.path)
        #expect(again.store.metadata(of: nil, limit: 10) == expected)
        try again.store.close()
        try fixture.store.close()
    }

    @Test("Of too many metrics the one told of longest ago is forgotten; long texts are cut between characters")
    func metadataLimits() async throws {
        let directory = try TemporaryDirectory("metadata")
        let fixture = try StoreFixture(directory.path) { $0.maximumMetadata = 3 }
        for name in ["a", "b", "c", "a", "d"] {
            var batch = SampleBatch()
            batch.setMetadata(MetricMetadata(help: name), of: name)
            _ = try await fixture.store.append(batch)
        }
        #expect(fixture.store.metadata(of: nil, limit: 10).keys.sorted() == ["a", "c", "d"])
        let fires = String(repeating: "\u{1F525}", count: 300)
        let cut = MetadataStore.cut(MetricMetadata(help: "x" + fires, unit: fires))
        #expect(cut.help == "x" + fires.prefix(255))
        #expect(cut.unit == String(fires.prefix(16)))
        try fixture.store.close()
    }

    @Test("Damaged records of exemplars and metadata are refused, never a crash", arguments: [41, 42] as [UInt64])
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var extras = BatchExtras()
        extras.exemplars = [(series(1).canonicalBytes, ExtrasTests.exemplar("a", 1, at: 5))]
        extras.metadata = [("m", MetricMetadata(kind: .summary, help: "h", unit: "u"))]
        let bytes = extras.records
        for _ in 0..<2000 {
            var damaged = bytes
            damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            var reader = WALRecordReader()
            for start in [8, Int.random(in: 8..<bytes.count, using: &random)] {
                _ = reader.decode(damaged[start...])
                _ = BatchExtras.exemplars(damaged[start...])
                _ = MetadataStore.read(damaged[start...])
            }
        }
    }
}
