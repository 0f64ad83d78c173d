import Foundation
import LogQL
import TestKit
import Testing

@Suite("Differences of message shapes")
struct ShapeComparisonTests {
    @Test("New, gone and changed are told apart, over spans of different length")
    func kinds() {
        let before = ShapeComparison.Span(
            counts: ["steady": 6_000, "rare": 1, "gone": 600, "more": 60, "less": 6_000, "little more": 6_000], seconds: 6_000)
        let after = ShapeComparison.Span(
            counts: ["steady": 610, "new": 3, "more": 60, "less": 100, "little more": 900], seconds: 600)
        let changes = ShapeComparison.changes(from: before, to: after)
        #expect(changes.map { "\($0.kind.rawValue) \($0.shape)" } == ["new new", "gone gone", "changed less", "changed more"])
        #expect(changes[3].factor == 10)
        #expect(changes[0].factor == .infinity && changes[0].rateAfter == 18)
        #expect(ShapeComparison.changes(from: before, to: after, factor: 1.2).contains { $0.shape == "little more" })
    }

    @Test("Counts of one rate are hardly ever called a change", arguments: 1...5 as ClosedRange<UInt64>)
    func ignoresChance(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func poisson(_ mean: Double) -> Int {
            // The number of exponential gaps that fit in a mean.
            var (sum, count) = (0.0, -1)
            while sum < mean {
                sum -= log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &random))
                count += 1
            }
            return count
        }
        var counts: ([String: Int], [String: Int]) = ([:], [:])
        for shape in 0..<400 {
            let mean = Double.random(in: 2..<40, using: &random)
            counts.0["\(shape)"] = poisson(mean)
            counts.1["\(shape)"] = poisson(mean)
        }
        let changes = ShapeComparison.changes(
            from: .init(counts: counts.0, seconds: 60), to: .init(counts: counts.1, seconds: 60), factor: 1.01)
        #expect(changes.count(where: { $0.kind != .new }) < 8, "seed \(seed)")
    }

    @Test("Spans without length or shapes give nothing that is no number")
    func survivesNothing() {
        let nothing = ShapeComparison.Span(counts: [:], seconds: 0)
        #expect(ShapeComparison.changes(from: nothing, to: nothing).isEmpty)
        let some = ShapeComparison.Span(counts: ["a": 1], seconds: 0)
        #expect(ShapeComparison.changes(from: some, to: nothing).isEmpty)
        #expect(ShapeComparison.changes(from: nothing, to: some).map(\.rateAfter) == [0])
    }
}
