import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Chunk encoding") struct CodecTests {
    static let shapes: [(String, [Double])] = [
        ("empty", []), ("one", [1.5]), ("two", [1, 2]), ("constant", Array(repeating: 7, count: 240)),
        ("zeros", Array(repeating: 0, count: 240)), ("negative zeros", [0, -0.0, 0, -0.0]),
        ("specials", [.nan, .infinity, -.infinity, SampleBatch.staleMarker, Double(bitPattern: 0xfff8_0000_dead_beef), 1, 2]),
        ("all NaN", Array(repeating: .nan, count: 240)), ("counter", (0..<240).map { Double($0 * 17) }),
        ("counter with reset", (0..<240).map { Double($0 % 100 * 4096) }), ("decimals", (0..<240).map { Double($0) / 100 }),
        ("sums of cents", (0..<240).reduce(into: [0.0]) { $0.append($0.last! + 0.01 * Double($1 % 7)) }),
        ("extremes", [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0, .ulpOfOne]),
        ("large integers", [9_007_199_254_740_991, 9_007_199_254_740_992, 9_007_199_254_740_994, -9_007_199_254_740_992]),
        ("float32", (0..<240).map { Double(Float($0) * 0.1) }),
    ]

    @Test("Values come back bit for bit", arguments: shapes.map(\.0)) func values(name: String) throws {
        let values = try #require(CodecTests.shapes.first { $0.0 == name }).1
        let bytes = ValueColumn.encode(values)
        let decoded = try #require(ValueColumn.decode(bytes[...], count: values.count))
        #expect(decoded.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test("Random values of every kind come back bit for bit", arguments: 1...8 as ClosedRange<UInt64>)
    func randomValues(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<120 {
            let count = Int.random(in: 1...240, using: &random)
            let values = RandomSeries.values(count, &random)
            let bytes = ValueColumn.encode(values)
            let decoded = try #require(ValueColumn.decode(bytes[...], count: count), "seed \(seed)")
            #expect(decoded.map(\.bitPattern) == values.map(\.bitPattern), "seed \(seed)")
        }
    }

    @Test("Random times come back", arguments: 1...4 as ClosedRange<UInt64>) func times(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 1...240, using: &random)
            let jitter = Int64([0, 0, 5, 100_000].randomElement(using: &random)!)
            var time = Int64.random(in: -1_000_000...1_800_000_000_000, using: &random)
            let times = (0..<count).map { _ in
                time += 15_000 + Int64.random(in: 0...jitter, using: &random)
                return time
            }
            let bytes = TimeColumn.encode(times)
            #expect(try #require(TimeColumn.decode(bytes[...], count: count)) == times, "seed \(seed)")
        }
        #expect(TimeColumn.decode(TimeColumn.encode([.min, .max])[...], count: 2) == [.min, .max])
    }

    @Test("Damaged columns are refused or read as something, never a crash", arguments: 1...4 as ClosedRange<UInt64>)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let count = Int.random(in: 1...60, using: &random)
            var bytes = ValueColumn.encode(RandomSeries.values(count, &random))
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = ValueColumn.decode(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)), count: count)
            _ = ValueColumn.decode(bytes[...], count: count + 100)
            _ = TimeColumn.decode(bytes[...], count: count)
        }
    }

    @Test("A steady counter and its times cost less than a byte a sample") func size() {
        let values = (0..<240).map { Double(1000 + $0 * 3 + $0 % 2) }
        let times = (0..<240).map { Milliseconds($0) * 15_000 }
        #expect(ValueColumn.encode(values).count + TimeColumn.encode(times).count < 100)
    }
}

/// Values as metrics have them.
enum RandomSeries {
    static func values(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
        let kind = Int.random(in: 0...6, using: &random)
        var level = Double(Int.random(in: -1_000_000...1_000_000, using: &random))
        return (0..<count).map { _ in
            let roll = Int.random(in: 0..<200, using: &random)
            if roll == 0 { return [.nan, SampleBatch.staleMarker, .infinity, -.infinity, -0.0].randomElement(using: &random)! }
            switch kind {
            case 0: level += Double(Int.random(in: 0...50, using: &random))
            case 1: level = roll == 1 ? 0 : level + Double(Int.random(in: 0...5, using: &random)) * 4096
            case 2: level += Double(Int.random(in: -100...100, using: &random)) / 100
            case 3: level = Double.random(in: -1e3...1e3, using: &random)
            case 4: level = Double(bitPattern: random.next())
            case 5: level = Double(Float.random(in: 0...1, using: &random))
            default: break
            }
            return kind == 2 ? (level * 100).rounded() / 100 : level
        }
    }
}
