import Dispatch
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import PromQL

/// Threads of the system's pool, all of which help.
private final class DispatchWorkers: QueryWorkers {
    let count: Int
    /// How often they were asked.
    let calls = Atomic(0)

    init(count: Int) {
        self.count = count
    }

    func perform(_ body: @escaping @Sendable (Int) -> Void) {
        calls.add(1, ordering: .relaxed)
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
}

@Suite("Rows made by several workers", .ownThread)
struct WorkersTests {
    private static let hour: Milliseconds = 3_600_000

    /// Counters of one job and several instances, some of which begin again, pause, or end.
    private static func source(_ seed: UInt64, series: Int) -> MemorySource {
        var random = SeededGenerator(seed: seed)
        return MemorySource(
            (0..<series).map { number in
                var columns = SampleColumns()
                var value = 0.0
                for sample in 0..<240 where number % 7 != 3 || !(100..<140).contains(sample) {
                    value = Int.random(in: 0..<90, using: &random) == 0 ? 0 : value + Double.random(in: 0..<9, using: &random)
                    columns.append(
                        Milliseconds(sample) * 15_000, sample == 200 && number % 5 == 1 ? SampleBatch.staleMarker : value)
                }
                return (["__name__": "x_total", "instance": "i\(number)", "job": "j\(number % 3)"], columns)
            })
    }

    @Test(
        "are the same to the bit as those of one",
        arguments: [
            "x_total", "rate(x_total[5m])", "sum by (job) (rate(x_total[5m]))", "sum(x_total)", "count by (job) (x_total)",
            "topk(3, increase(x_total[10m]))", "quantile_over_time(0.9, x_total[5m])", "avg_over_time(rate(x_total[2m])[10m:1m])",
            "timestamp(x_total)", "absent(x_total)", "x_total @ 900", "x_total offset 5m", "x_total > 50",
            "max(x_total) - x_total",
            "changes(x_total[5m])", "delta(x_total[5m])", "last_over_time(x_total[5m])",
        ])
    func sameRows(_ query: String) throws {
        let source = WorkersTests.source(3, series: 400)
        let alone = PromQLEngine(source: source)
        for workers in 2...4 {
            var options = PromQLEngine.Options()
            let crew = DispatchWorkers(count: workers)
            options.workers = crew
            let together = PromQLEngine(source: source, options: options)
            let expected = try alone.range(query, from: 0, through: WorkersTests.hour, step: 30_000)
            let found = try together.range(query, from: 0, through: WorkersTests.hour, step: 30_000)
            #expect("\(found.value)" == "\(expected.value)", "\(query) with \(workers) workers")
            #expect(found.warnings == expected.warnings)
            #expect(found.infos == expected.infos)
            // What reads one moment only is through before others could help.
            #expect((crew.calls.load(ordering: .relaxed) > 0) == !query.contains("@"), "\(query)")
        }
    }

    @Test("stop at a limit, and say so as one does", arguments: ["samples", "bytes", "memory"]) func limit(of what: String) throws
    {
        var options = PromQLEngine.Options()
        switch what {
        case "samples": options.maximumSamples = 5_000
        case "bytes": options.maximumBytes = 50_000
        default: options.maximumMemoryBytes = 200_000
        }
        let crew = DispatchWorkers(count: 3)
        options.workers = crew
        let engine = PromQLEngine(source: WorkersTests.source(4, series: 400), options: options)
        let error = #expect(throws: PromQLError.self) {
            try engine.range("rate(x_total[5m])", from: 0, through: WorkersTests.hour, step: 30_000)
        }
        #expect(error?.code == .limit)
        #expect(error?.message.contains(what == "bytes" ? "reads more" : what) == true)
        #expect(crew.calls.load(ordering: .relaxed) == 1)
    }

    @Test("stop where a series can't be read")
    func damage() throws {
        var options = PromQLEngine.Options()
        let crew = DispatchWorkers(count: 3)
        options.workers = crew
        let engine = PromQLEngine(source: DamagedSource(good: WorkersTests.source(5, series: 400)), options: options)
        let error = #expect(throws: PromQLError.self) {
            try engine.range("rate(x_total[5m])", from: 0, through: WorkersTests.hour, step: 30_000)
        }
        #expect(error?.code == .storage)
        #expect(error?.message.contains("i150") == true)
        #expect(crew.calls.load(ordering: .relaxed) == 1)
    }
}

/// Cannot read one of its series.
private struct DamagedSource: SeriesSource {
    struct Damage: Error {}

    struct Reader: SeriesReader {
        let good: any SeriesReader
        var labels: Labels { good.labels }

        func read(_ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns) throws {
            guard labels["instance"] != "i150" else { throw Damage() }
            try good.read(range, into: &columns)
        }
    }

    let good: MemorySource

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) -> [any SeriesReader] {
        good.select(matchers, in: range).map { Reader(good: $0) }
    }
    func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [Labels] { [] }
    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [String] { [] }
    func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) -> [String] { [] }
}
