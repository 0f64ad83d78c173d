import Synchronization
import Telemetry
import TestKit
import Testing

@testable import PromQL

/// Series that grow at their end, and whose past changes now and then.
private final class GrowingSource: SeriesSource {
    struct Content {
        var series: [Labels: SampleColumns] = [:]
        var now: Milliseconds = 0
        var version: UInt64 = 0
        /// Samples read.
        var reads = 0
    }

    let content = Mutex(Content())

    struct Reader: SeriesReader {
        let labels: Labels
        let columns: SampleColumns
        let source: GrowingSource

        func read(_ range: ClosedRange<Milliseconds>, into target: inout SampleColumns) {
            for index in columns.timestamps.indices where range.contains(columns.timestamps[index]) {
                target.append(from: columns, at: index)
                source.content.withLock { $0.reads += 1 }
            }
        }
    }

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) -> [any SeriesReader] {
        content.withLock { content in
            content.series.filter { matchers.allMatch($0.key) }.sorted { $0.key < $1.key }
                .map { Reader(labels: $0.key, columns: $0.value, source: self) }
        }
    }

    func settledPast() -> SettledPast? {
        content.withLock { SettledPast(through: $0.now - 300_000, version: $0.version) }
    }

    func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [Labels] { [] }
    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [String] { [] }
    func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) -> [String] { [] }

    /// Goes on for some minutes; some samples come late, but not later than expected.
    func grow(_ random: inout SeededGenerator) {
        content.withLock { content in
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                content.now += 15_000
                let job = "\(Int.random(in: 0..<6, using: &random))"
                let labels: Labels = ["__name__": "x_total", "job": job]
                let late = Milliseconds.random(in: 0..<240_000, using: &random)
                content.change(labels, at: content.now - late, to: Double.random(in: 0...100, using: &random).rounded())
            }
        }
    }

    /// Changes a sample of long ago.
    func rewrite(_ random: inout SeededGenerator) {
        content.withLock { content in
            guard let labels = content.series.keys.sorted().first, let time = content.series[labels]?.timestamps.first else {
                return
            }
            content.change(labels, at: time, to: Double.random(in: 0...100, using: &random))
            content.version += 1
        }
    }
}

extension GrowingSource.Content {
    fileprivate mutating func change(_ labels: Labels, at time: Milliseconds, to value: Double) {
        var columns = series[labels] ?? SampleColumns()
        let place = columns.timestamps.firstIndex { $0 >= time } ?? columns.count
        if place < columns.count, columns.timestamps[place] == time {
            columns.values[place] = value
        } else {
            columns.timestamps.insert(time, at: place)
            columns.values.insert(value, at: place)
        }
        series[labels] = columns
    }
}

@Suite("Range queries that were asked before", .ownThread) struct RangeReuseTests {
    private static let queries = [
        "x_total", "sum(rate(x_total[5m]))", "topk(2, x_total)", "max_over_time(rate(x_total[2m])[10m:1m])",
        "absent(x_total{job=\"9\"})",
        "x_total offset 3m", "rate(x_total[7m]) / on (job) x_total", "quantile_over_time(2, x_total[5m])",
        "count_values(\"v\", x_total)",
        "x_total @ end()", "x_total offset -3m", "limitk(2, x_total)", "time()", "sum by (job) (x_total > 50)",
    ]

    @Test("Answers are those of an engine that remembers nothing", arguments: 1...6)
    func same(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let source = GrowingSource()
        let plain = PromQLEngine(source: source)
        let reuse = RangeReuse(maximumSamples: seed % 2 == 0 ? 2000 : 1_000_000)
        let engine = PromQLEngine(source: source, reuse: reuse)
        for round in 0..<60 {
            source.grow(&random)
            if round % 13 == 0 { source.rewrite(&random) }
            let now = source.content.withLock { $0.now }
            for query in Self.queries {
                let step = Milliseconds([30_000, 60_000].randomElement(using: &random)!)
                let length = Milliseconds.random(in: 1...3, using: &random) * 1_200_000
                let end = now / step * step - [0, 0, 0, step * 20].randomElement(using: &random)!
                let expected = try plain.range(query, from: end - length, through: end, step: step)
                let got = try engine.range(query, from: end - length, through: end, step: step)
                // As texts: NaN equals nothing, itself included.
                let isSame = "\(got)" == "\(expected)"
                #expect(isSame, "seed \(seed), round \(round): \(query) from \(end - length) to \(end) by \(step)")
            }
        }
        #expect(reuse.statistics.reusedSteps > reuse.statistics.steps / 20, "seed \(seed): \(reuse.statistics)")
        #expect(reuse.statistics.samples <= reuse.maximumSamples)
    }

    @Test("A short panel takes nothing from a long one")
    func shortAndLong() throws {
        var random = SeededGenerator(seed: 6)
        let source = GrowingSource()
        for _ in 0..<200 { source.grow(&random) }
        let engine = PromQLEngine(source: source, reuse: RangeReuse())
        func ask(hours: Milliseconds) throws -> Int {
            let (now, before) = source.content.withLock { ($0.now / 60_000 * 60_000, $0.reads) }
            _ = try engine.range("sum(rate(x_total[5m]))", from: now - hours * 3_600_000, through: now, step: 60_000)
            return source.content.withLock { $0.reads } - before
        }
        let first = try ask(hours: 6)
        for round in 0..<5 {
            source.grow(&random)
            _ = try ask(hours: 1)
            source.grow(&random)
            let later = try ask(hours: 6)
            #expect(later < first / 5, "round \(round): \(first) samples, then \(later)")
        }
    }

    @Test("Asking again reads what is new, and no more")
    func readsLittle() throws {
        var random = SeededGenerator(seed: 5)
        let source = GrowingSource()
        for _ in 0..<200 { source.grow(&random) }
        let engine = PromQLEngine(source: source, reuse: RangeReuse())
        func ask() throws -> Int {
            let (now, before) = source.content.withLock { ($0.now / 60_000 * 60_000, $0.reads) }
            _ = try engine.range("sum(rate(x_total[5m]))", from: now - 6 * 3_600_000, through: now, step: 60_000)
            return source.content.withLock { $0.reads } - before
        }
        let first = try ask()
        source.grow(&random)
        let second = try ask()
        #expect(second < first / 10, "\(first) samples, then \(second)")
    }

    @Test(
        "Only queries whose steps stand for themselves are reused",
        arguments: [
            ("rate(x[5m])", true), ("x offset 5m", true), ("x offset -5m", false), ("x @ 100", false), ("x @ start()", false),
            ("rate(x[range()])", false), ("x smoothed", false), ("limitk(1, x)", false), ("sum(limitk(1, x))", false),
            ("max_over_time(x[5m:1m])", true), ("max_over_time((x @ end())[5m:1m])", false), ("vector(1)", true),
        ])
    func eligible(query: String, isReusable: Bool) throws {
        let grid = Grid(start: 0, step: 1000, count: 10)
        let reusable = ReusableQuery(try PromQLParser.parse(query), .init(), over: grid)
        #expect((reusable != nil) == isReusable)
    }
}
