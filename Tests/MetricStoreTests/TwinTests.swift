import Foundation
import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Metric store against a dictionary", .ownThread) struct TwinTests {
    static let step: Milliseconds = 15_000

    @Test(
        "Random appends, restarts, crashes and maintenance answer as a dictionary does", arguments: 1...6 as ClosedRange<UInt64>)
    func twin(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var directory = try TemporaryDirectory("twin")
        let change: (inout MetricStore.Options) -> Void = {
            $0.blockSpan = 240 * TwinTests.step
            $0.outOfOrderWindow = 100 * TwinTests.step
            $0.retention = nil
            $0.maximumWALSegmentBytes = 20_000
        }
        var fixture = try StoreFixture(directory.path, change)
        var twin: Contents = [:]
        var clock: Milliseconds = 1_700_000_000_000
        for _ in 0..<160 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: try fixture.store.maintain(now: clock)
            case 1:
                try fixture.store.close()
                fixture = try StoreFixture(directory.path, change)
            case 2:
                // A crash: the store is left as it is and its directory, copied, is opened.
                let copy = try copyDirectory(directory)
                fixture = try StoreFixture(copy.path, change)
                directory = copy
            case 3: try TwinTests.compare(fixture, twin, around: clock, &random)
            case 4: try TwinTests.delete(from: fixture, &twin, around: clock, &random)
            default: clock = try await TwinTests.append(to: fixture, &twin, clock, &random)
            }
        }
        #expect(try fixture.contents() == twin, "seed \(seed)")
        try fixture.store.maintain(now: clock + 1_000_000_000)
        try fixture.store.maintain(now: clock + 1_000_000_000)
        #expect(try fixture.contents() == twin, "seed \(seed)")
        #expect(fixture.reports.all == [])
    }

    private static func append(
        to fixture: StoreFixture, _ twin: inout Contents, _ clock: Milliseconds, _ random: inout SeededGenerator
    ) async throws -> Milliseconds {
        var clock = clock
        let member = Int.random(in: 0..<4, using: &random)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let values = RandomSeries.values(Int.random(in: 1...60, using: &random), &random)
            let isLate = Int.random(in: 0..<4, using: &random) == 0
            var samples: [Sample] = []
            for value in values {
                if !isLate { clock += step }
                let back = isLate ? Int64.random(in: 0...99, using: &random) * step : 0
                samples.append(Sample(clock - back, value))
            }
            for number in [member, member + 10] {
                var batch = SampleBatch()
                batch.append(series(number), EmptyCollection())
                var histograms = RandomHistograms(&random)
                for sample in samples {
                    let detail = member < 2 ? nil : TwinTests.detail(of: member, at: sample.timestamp, &histograms, &random)
                    switch detail {
                    case let detail?: batch.append(sample.value, detail, at: sample.timestamp)
                    case nil: batch.append(sample.value, at: sample.timestamp)
                    }
                    twin[series(number), default: [:]][sample.timestamp] = fingerprint(sample.value, detail)
                }
                let outcome = try await fixture.store.append(batch)
                #expect(outcome.refused.isEmpty, "within the window of every series, as no series is ahead of the clock")
            }
        }
        return clock
    }

    /// What a sample of the latter members has beside its number: mostly a histogram, sometimes when it began.
    private static func detail(
        of member: Int, at time: Milliseconds, _ histograms: inout RandomHistograms, _ random: inout SeededGenerator
    ) -> SampleDetail? {
        let histogram = Int.random(in: 0..<8, using: &random) == 0 ? nil : histograms.next(&random).compacted
        let start = member == 3 ? time - Int64.random(in: 0...3, using: &random) * step : 0
        let detail = SampleDetail(histogram: histogram, startTimestamp: start)
        return detail.isEmpty ? nil : detail
    }

    private static func delete(
        from fixture: StoreFixture, _ twin: inout Contents, around clock: Milliseconds, _ random: inout SeededGenerator
    ) throws {
        let from = clock - Int64.random(in: 0...2000, using: &random) * step
        let range = from...from + Int64.random(in: 0...500, using: &random) * step
        let member = "i\(Int.random(in: 0..<4, using: &random))"
        try fixture.store.delete(matching: [LabelMatcher("instance", .matches, "\(member)|i12")], in: range)
        for (labels, samples) in twin where [member, "i12"].contains(labels["instance"]) {
            let rest = samples.filter { !range.contains($0.key) }
            twin[labels] = rest.isEmpty ? nil : rest
        }
        #expect(try fixture.contents() == twin, "seed \(random.seed)")
    }

    private static func compare(
        _ fixture: StoreFixture, _ twin: Contents, around clock: Milliseconds, _ random: inout SeededGenerator
    ) throws {
        let from = clock - Int64.random(in: 0...2000, using: &random) * step
        let range = from...from + Int64.random(in: 0...1000, using: &random) * step
        let expected = twin.mapValues { $0.filter { range.contains($0.key) } }.filter { !$0.value.isEmpty }
        #expect(try fixture.contents(range) == expected, "seed \(random.seed)")
        try comparePresence(fixture, range)
    }

    /// Reading without values finds the same samples, and the same of them stale.
    private static func comparePresence(_ fixture: StoreFixture, _ range: ClosedRange<Milliseconds>) throws {
        let values = try fixture.store.select([], in: range)
        let presence = try fixture.store.select([], in: range, for: SampleReading(.presence))
        #expect(values.map(\.labels) == presence.map(\.labels))
        for (full, bare) in zip(values, presence) {
            var (expected, found, scratch) = (SampleColumns(), SampleColumns(), ReadScratch())
            try full.read(range, into: &expected)
            try bare.read(range, into: &found, scratch: &scratch)
            let stale = SampleBatch.staleMarker.bitPattern
            #expect(found.timestamps == expected.timestamps)
            #expect(found.values.map { $0.bitPattern == stale } == expected.values.map { $0.bitPattern == stale })
            #expect(found.histograms.map { $0 == nil } == expected.histograms.map { $0 == nil })
        }
    }
}
