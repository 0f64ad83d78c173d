import Foundation
import Telemetry
import TestKit

@testable import MetricStore

/// What the senders of the crash matrix do, round by round: the same in the process that is killed and in the one that checks.
enum CrashScript {
    /// Such that a day of twelve blocks consists of whole buckets of condensed samples.
    static let step: Milliseconds = 12_500
    /// Rounds of a sender in one life.
    static let roundsOfLife = 150

    static var options: MetricStore.Options {
        var options = MetricStore.Options()
        options.blockSpan = 12 * step
        options.outOfOrderWindow = 3 * step
        options.retention = nil
        options.maximumFuture = .max
        options.maximumWALSegmentBytes = 6000
        options.downsampling = SampleReading.resolutions.map { .init(resolution: $0, after: 0, retention: nil) }
        return options
    }

    /// One round: samples to append, or a range to delete.
    enum Round: Sendable {
        case append(SampleBatch, [(series: Labels, time: Milliseconds, bits: UInt64)])
        case delete([LabelMatcher], ClosedRange<Milliseconds>)
    }

    static func labels(_ sender: Int, _ part: Int) -> Labels {
        ["__name__": "crash_total", "sender": "\(sender)", "part": "\(part)"]
    }

    static func round(_ number: Int, of sender: Int, seed: UInt64) -> Round {
        var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(sender * 1_000_000 + number))
        let now = Milliseconds(number) * step
        if Int.random(in: 0..<12, using: &random) == 0 {
            let from = now - Milliseconds.random(in: 0...80, using: &random) * step
            let matcher = [LabelMatcher.equal("sender", "\(sender)"), .equal("part", "\(Int.random(in: 0..<3, using: &random))")]
            return .delete(matcher, from...from + Milliseconds.random(in: 0...20, using: &random) * step)
        }
        var batch = SampleBatch()
        var written: [(series: Labels, time: Milliseconds, bits: UInt64)] = []
        var histograms = RandomHistograms(&random)
        for part in 0..<3 {
            var samples = [Sample(now, Double.random(in: 0...1, using: &random))]
            // Some come late, over what is there or between it.
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                samples.append(Sample(now - Milliseconds.random(in: 0...5, using: &random) * step / 2, Double(number)))
            }
            batch.append(labels(sender, part), EmptyCollection())
            for sample in samples {
                // The last part is a series of histograms and numbers.
                guard part == 2, Int.random(in: 0..<6, using: &random) > 0 else {
                    batch.append(sample.value, at: sample.timestamp)
                    written.append((labels(sender, part), sample.timestamp, sample.value.bitPattern))
                    continue
                }
                let detail = SampleDetail(histogram: histograms.next(&random).compacted, startTimestamp: now - step)
                batch.append(sample.value, detail, at: sample.timestamp)
                written.append((labels(sender, part), sample.timestamp, fingerprint(sample.value, detail)))
            }
        }
        return .append(batch, written)
    }

    /// What a round makes of a sender's series.
    static func apply(_ round: Round, to contents: inout Contents) {
        switch round {
        case .append(_, let written):
            for (labels, time, bits) in written { contents[labels, default: [:]][time] = bits }
        case .delete(let matchers, let range):
            for (labels, samples) in contents where matchers.allMatch(labels) {
                let rest = samples.filter { !range.contains($0.key) }
                contents[labels] = rest.isEmpty ? nil : rest
            }
        }
    }
}
