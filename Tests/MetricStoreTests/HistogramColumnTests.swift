import Glibc
import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Histograms in columns and records", .ownThread) struct HistogramColumnTests {
    /// Up to a chunk of samples of which some are histograms, some numbers, some know their start.
    static func columns(_ count: Int, _ random: inout SeededGenerator) -> SampleColumns {
        var columns = SampleColumns()
        var histograms = RandomHistograms(&random)
        let numbers = Int.random(in: 0...2, using: &random)
        let knowsStart = Bool.random(using: &random)
        var start: Milliseconds = 500
        for index in 0..<count {
            let time = Milliseconds(index + 1) * 1000
            if Int.random(in: 0..<10, using: &random) < 3 * numbers {
                columns.append(time, [1, 2.5, .nan, SampleBatch.staleMarker].randomElement(using: &random) ?? 0)
            } else {
                columns.append(time, histograms.next(&random).compacted)
            }
            if Int.random(in: 0..<30, using: &random) == 0 { start = time - 1 }
            if knowsStart { columns.set(SampleDetail(startTimestamp: start), at: index) }
        }
        return columns
    }

    private static func fingerprints(_ columns: SampleColumns) -> [UInt64] {
        columns.values.indices.map { fingerprint(columns.values[$0], columns.detail(at: $0)) }
    }

    @Test("Chunks of histograms, numbers and start times come back bit for bit, with the resets of the whole", arguments: 1...40)
    func roundTrip(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var columns = HistogramColumnTests.columns(Int.random(in: 1...SealedChunk.capacity, using: &random), &random)
        let bytes = DetailColumn.encodeValues(columns)
        let decoded = try #require(DetailColumn.decode(bytes[...], times: columns.timestamps), "seed \(seed)")
        #expect(HistogramColumnTests.fingerprints(decoded) == HistogramColumnTests.fingerprints(columns), "seed \(seed)")
        columns.detectResets()
        #expect(decoded.histograms.map { $0?.resetHint } == columns.histograms.map { $0?.resetHint }, "seed \(seed)")
        for length in bytes.indices.prefix(400) {
            _ = DetailColumn.decode(bytes[..<length], times: columns.timestamps)
        }
        for _ in 0..<200 {
            var damaged = bytes
            damaged[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            if let found = DetailColumn.decode(damaged[...], times: columns.timestamps) { #expect(found.count == columns.count) }
        }
    }

    @Test("A histogram in a record comes back bit for bit, its hint too, and damage is seen", arguments: 1...40)
    func record(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var histograms = RandomHistograms(&random)
        for _ in 0..<20 {
            var detail = SampleDetail(
                histogram: histograms.next(&random), startTimestamp: Int64.random(in: -5...5, using: &random))
            detail.histogram?.resetHint = HistogramBytes.hints.randomElement(using: &random) ?? .unknown
            var bytes: [UInt8] = []
            detail.append(to: &bytes)
            var position = 0
            let read = try #require(SampleDetail(bytes[...], at: &position), "seed \(seed)")
            #expect(position == bytes.count)
            #expect(fingerprint(0, read) == fingerprint(0, detail) && read.histogram?.resetHint == detail.histogram?.resetHint)
            for length in bytes.indices {
                var position = 0
                #expect(SampleDetail(bytes[..<length], at: &position) == nil)
            }
        }
    }

    @Test(
        "Interleaving columns with details is what a dictionary makes of them, and hints don't survive their neighbours",
        arguments: 1...30)
    func merge(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let all = HistogramColumnTests.columns(200, &random)
        func part() -> SampleColumns {
            var part = SampleColumns()
            for index in 0..<all.count where Bool.random(using: &random) { part.append(from: all, at: index) }
            return part
        }
        var (first, second) = (part(), part())
        first.detectResets()
        second.detectResets()
        var merged = first
        merged.merge(second)
        var twin: [Milliseconds: UInt64] = [:]
        for columns in [first, second] {
            for index in 0..<columns.count {
                twin[columns.timestamps[index]] = fingerprint(columns.values[index], columns.detail(at: index))
            }
        }
        #expect(merged.timestamps == twin.keys.sorted(), "seed \(seed)")
        #expect(HistogramColumnTests.fingerprints(merged) == merged.timestamps.map { twin[$0] ?? 0 }, "seed \(seed)")
        // Found out again from nothing, the resets are the same.
        merged.detectResets()
        var anew = merged
        for index in anew.histograms.indices { anew.histograms[index]?.forgetReset() }
        anew.detectResets()
        #expect(merged.histograms.map { $0?.resetHint } == anew.histograms.map { $0?.resetHint }, "seed \(seed)")
    }

    @Test("A counter's histograms cost a few bytes a sample") func size() {
        var random = SeededGenerator(seed: 3)
        var histogram = NativeHistogram(schema: 3)
        var columns = SampleColumns()
        for index in 0..<240 {
            for _ in 0..<20 {
                var one = HistogramBuckets()
                one.append(Int32(Double.random(in: 0...1, using: &random) * Double.random(in: 0...20, using: &random)), 1)
                histogram.positive = histogram.positive.merged(with: one, +)
                histogram.count += 1
                histogram.sum += Double(Int.random(in: 1...2000, using: &random)) / 1000
            }
            columns.append(Milliseconds(index) * 15_000, histogram)
        }
        let bytes = DetailColumn.encodeValues(columns).count
        print(
            "a histogram of \(histogram.positive.count) buckets that sees 20 observations a sample: \(Double(bytes) / 240) bytes")
        #expect(bytes < 240 * 16)
    }
}
