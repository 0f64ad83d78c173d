import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("What a series holds before it is a chunk")
struct PackedSamplesTests {
    /// Values that are awkward for some form of theirs.
    static let awkward: [Double] = [
        0, -0.0, 1, -1, 0x1p53, -0x1p53, 0x1p53 + 2, 0x1p62, -0x1p63, .infinity, -.infinity, .nan, SampleBatch.staleMarker,
        Double(bitPattern: 0xfff8_0000_0000_1234), .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 99.99, 1e-300,
    ]

    @Test("Samples come back to the bit", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func roundTrip(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var packed = PackedSamples()
        var expected: [(Milliseconds, UInt64)] = []
        var time = Int64.random(in: -1_000_000_000_000...2_000_000_000_000, using: &random)
        var value = 0.0
        for _ in 0..<Int.random(in: 1...400, using: &random) {
            time += [15_000, 15_000, 15_000, 1, 14_999, Int64.random(in: 1...1 << 45, using: &random)].randomElement(
                using: &random)!
            switch Int.random(in: 0..<6, using: &random) {
            case 0: value = PackedSamplesTests.awkward.randomElement(using: &random)!
            case 1: value += Double(Int.random(in: -300...300, using: &random))
            case 2: value = Double(bitPattern: .random(in: 0 ... .max, using: &random))
            case 3: value = Double(Int.random(in: -1 << 53...1 << 53, using: &random))
            case 4: value = Double(Int.random(in: 0..<100_000, using: &random)) / 100
            default: break
            }
            packed.append(time, value)
            expected.append((time, value.bitPattern))
        }
        let columns = packed.unpacked()
        #expect(columns.timestamps == expected.map(\.0), "seed \(seed)")
        #expect(columns.values.map(\.bitPattern) == expected.map(\.1), "seed \(seed)")
        #expect(Int(packed.count) == expected.count && packed.first == expected[0].0 && packed.last == time)
    }

    @Test("Every value follows every other") func pairs() {
        for first in PackedSamplesTests.awkward {
            for second in PackedSamplesTests.awkward {
                var packed = PackedSamples()
                packed.append(.min, first)
                packed.append(.max, second)
                packed.append(.max, first)
                let columns = packed.unpacked()
                #expect(columns.values.map(\.bitPattern) == [first, second, first].map(\.bitPattern))
                #expect(columns.timestamps == [.min, .max, .max])
            }
        }
        #expect(PackedSamples().unpacked().isEmpty)
    }
}

@Suite("The newest samples of a series")
struct SeriesTailTests {
    @Test("A tail does what columns do", arguments: [11, 12, 13, 14, 15, 16] as [UInt64]) func edits(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tail = SeriesTail()
        var twin = SampleColumns()
        for step in 0..<300 {
            let last = twin.timestamps.last ?? 1000
            switch Int.random(in: 0..<10, using: &random) {
            case 0 where !twin.isEmpty:
                let time = Int64.random(in: twin.timestamps[0]...last, using: &random)
                tail.insert(time, Double(step))
                twin.put(time, Double(step))
            case 1:
                let from = Int64.random(in: last - 200...last, using: &random)
                tail.remove(from...from + 20)
                twin.remove(from...from + 20)
            case 2 where seed % 2 == 0 && !twin.isEmpty:
                let detail = SampleDetail(startTimestamp: Int64(step + 1))
                let time = twin.timestamps.randomElement(using: &random)!
                tail.set(detail, at: time)
                twin.set(detail, at: twin.timestamps.partition(atLeast: time))
            case 3 where Int.random(in: 0..<5, using: &random) == 0:
                let middle = last - Int64.random(in: 0...400, using: &random)
                let before = tail.cut(before: middle)
                #expect(
                    before.columns == twin.slice(0..<twin.timestamps.partition(atLeast: middle)), "seed \(seed), step \(step)")
                twin = twin.slice(twin.timestamps.partition(atLeast: middle)..<twin.count)
            default:
                let time = last + Int64.random(in: 1...30, using: &random)
                tail.append(time, Double(step))
                twin.append(time, Double(step))
            }
            #expect(tail.columns == twin && tail.count == twin.count, "seed \(seed), step \(step)")
            #expect(tail.span == twin.span && tail.isEmpty == twin.isEmpty, "seed \(seed), step \(step)")
        }
    }
}
