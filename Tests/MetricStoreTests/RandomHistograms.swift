import Glibc
import Telemetry
import TestKit

@testable import MetricStore

/// Histograms as instrumented programs make them, one after the other: counters that grow, get new buckets, start again and change their
/// layout, with integers or with fractions, and gauges.
struct RandomHistograms {
    private enum Kind: CaseIterable { case integers, fractions, custom, gauge, odd }

    private var kind: Kind
    private var histogram = NativeHistogram()

    init(_ random: inout SeededGenerator) {
        kind = Kind.allCases.randomElement(using: &random) ?? .integers
        restart(&random)
    }

    private mutating func restart(_ random: inout SeededGenerator) {
        histogram = NativeHistogram(schema: Int8.random(in: -4...8, using: &random))
        histogram.zeroThreshold = [0, 1e-128, 0.001].randomElement(using: &random) ?? 0
        if kind == .custom {
            let bounds = (0..<Int.random(in: 0...8, using: &random)).map { Double($0 * $0) / 4 }
            histogram = NativeHistogram(schema: NativeHistogram.customSchema, customBounds: bounds)
        }
    }

    mutating func next(_ random: inout SeededGenerator) -> NativeHistogram {
        if Int.random(in: 0..<40, using: &random) == 0 { restart(&random) }
        if kind == .gauge { histogram = NativeHistogram(schema: 2) }
        for _ in 0..<Int.random(in: 0...6, using: &random) { observe(&random) }
        if kind == .gauge { histogram.resetHint = .gauge }
        if kind == .odd, Int.random(in: 0..<10, using: &random) == 0 {
            var odd = histogram
            odd.sum = [.nan, .infinity, -0.0, Double(bitPattern: random.next())].randomElement(using: &random) ?? 0
            odd.count = Double(bitPattern: random.next())
            return odd
        }
        return histogram
    }

    private mutating func observe(_ random: inout SeededGenerator) {
        let weight =
            kind == .fractions ? Double.random(in: 0...2, using: &random) : Double(Int.random(in: 1...50, using: &random))
        histogram.count += weight
        histogram.sum += weight * Double(Int.random(in: 1...1000, using: &random)) / 100
        if Int.random(in: 0..<10, using: &random) == 0, !histogram.isCustom {
            histogram.zeroCount += weight
            return
        }
        let index =
            histogram.isCustom
            ? Int32.random(in: 0...Int32(histogram.customBounds.count), using: &random)
            : Int32(Double.random(in: -1...1, using: &random) * Double.random(in: 0...40, using: &random))
        var one = HistogramBuckets()
        one.append(index, weight)
        if histogram.isCustom || Int.random(in: 0..<3, using: &random) > 0 {
            histogram.positive = histogram.positive.merged(with: one, +)
        } else {
            histogram.negative = histogram.negative.merged(with: one, +)
        }
    }
}

/// A sample as 64 bits: the pattern of a number, a fingerprint of what is more. What a histogram's hint says depends on its neighbours and
/// is left out.
func fingerprint(_ value: Double, _ detail: SampleDetail?) -> UInt64 {
    guard var detail else { return value.bitPattern }
    detail.histogram?.resetHint = .unknown
    var bytes: [UInt8] = []
    bytes.append(littleEndian: detail.histogram == nil ? value.bitPattern : 0)
    detail.append(to: &bytes)
    // FNV-1a.
    return bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
