import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("Volumes without lines")
struct VolumeTests {
    @Test("Volumes agree with lines counted one by one, in blocks and heads", arguments: 1...8 as ClosedRange<UInt64>)
    func agrees(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory("volumes")
        let store = try openStore(directory)
        for round in 0..<3 {
            var batch = LogBatch()
            for _ in 0..<200 {
                let app = ["web", "db"].randomElement(using: &random) ?? "web"
                // Lines of one length, so that bytes shared out over a block's entries are exact.
                batch.append(["app": app], at: Int64.random(in: 0..<100, using: &random) * second, line: "0123456789".utf8)
            }
            _ = try await store.append(batch)
            if round < 2 { try store.maintain(now: Int64(round + 1) * 10_000 * second) }
        }
        let matchers = [try LabelMatcher("app", .matches, ".+")]
        for _ in 0..<20 {
            let start = Int64.random(in: -5..<90, using: &random) * second
            let end = start + Int64.random(in: 1..<60, using: &random) * second
            let step = Int64.random(in: 1..<40, using: &random) * second
            let found = try store.volumes(matching: matchers, in: start..<end, step: step)
            let expected = try naive(store, matchers, start..<end, step)
            #expect(found.map(\.labels) == expected.map(\.labels), "seed \(seed)")
            #expect(found.map(\.entries) == expected.map(\.entries), "seed \(seed)")
            #expect(found.map(\.bytes) == expected.map(\.bytes), "seed \(seed)")
        }
        try store.close()
    }

    private func naive(
        _ store: LogStore, _ matchers: [LabelMatcher], _ range: Range<Nanoseconds>, _ step: Nanoseconds
    ) throws -> [LogVolume] {
        try store.select(LogSelection(matchers: matchers, range: range)).compactMap { reader in
            var volume = LogVolume(labels: reader.labels, steps: LogVolume.steps(of: range, step: step))
            try reader.forEach { row in
                volume.entries[Int((row.timestamp - range.lowerBound) / step)] += 1
                volume.bytes[Int((row.timestamp - range.lowerBound) / step)] += row.line.count
                return true
            }
            return volume.totalEntries > 0 ? volume : nil
        }
    }
}
