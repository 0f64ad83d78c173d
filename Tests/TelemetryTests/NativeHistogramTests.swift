import Telemetry
import TestKit
import Testing

@Suite struct NativeHistogramTests {
    @Test("Bounds rise by the schema's factor and meet each other", arguments: NativeHistogram.exponentialSchemas)
    func bounds(schema: Int8) {
        for index: Int32 in -40...40 {
            let histogram = NativeHistogram(schema: schema)
            let (lower, upper) = histogram.bounds(ofPositive: index)
            #expect(lower < upper)
            #expect(upper == histogram.bounds(ofPositive: index + 1).lower)
        }
        #expect(NativeHistogram.exponentialBound(0, schema: schema) == 1)
        let two = Int32(1) << Int32(max(schema, 0))
        #expect(
            NativeHistogram.exponentialBound(two, schema: schema)
                == (schema >= 0 ? 2 : .init(sign: .plus, exponent: 1 << -Int(schema), significand: 1)))
    }

    @Test(
        "The highest buckets end with the largest number and with infinity",
        arguments: [
            (0, 1024, Double.greatestFiniteMagnitude), (0, 1025, .infinity), (-4, 64, .greatestFiniteMagnitude),
            (8, 262_144, .greatestFiniteMagnitude), (-4, .max, .infinity), (8, .min, 0),
        ] as [(Int8, Int32, Double)])
    func extremes(schema: Int8, index: Int32, bound: Double) {
        #expect(NativeHistogram.exponentialBound(index, schema: schema) == bound)
    }

    @Test("A sum is the histogram of all observations, as coarse as the coarser side", arguments: 0..<20)
    func addition(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (a, b) = (ObservedHistogram.random(&random), ObservedHistogram.random(&random))
        let schemas = (Int8.random(in: -4...8, using: &random), Int8.random(in: -4...8, using: &random))
        // A threshold at a bound of every schema, so that the twin's buckets are those of the wider zero bucket.
        let thresholds = [0, 0x1p-16, 1].shuffled(using: &random)
        var sum = a.exponential(schema: schemas.0, zeroThreshold: thresholds[0])
        try sum.add(b.exponential(schema: schemas.1, zeroThreshold: thresholds[1]))
        // What stood in one zero bucket stays there, so only the wider threshold can be compared.
        let wider = max(thresholds[0], thresholds[1])
        let expected = (a + b).exponential(schema: min(schemas.0, schemas.1), zeroThreshold: wider)
        #expect(sum.isAlike(expected), "seed \(seed): \(sum) instead of \(expected)")
    }

    @Test("What is added and taken away again leaves the same", arguments: 0..<20)
    func subtraction(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (a, b) = (ObservedHistogram.random(&random), ObservedHistogram.random(&random))
        let schema = Int8.random(in: -4...8, using: &random)
        let first = a.exponential(schema: schema, zeroThreshold: 0x1p-16)
        let second = b.exponential(schema: schema, zeroThreshold: 0x1p-16)
        var sum = first
        try sum.add(second)
        try sum.subtract(second)
        #expect(sum.isAlike(first), "seed \(seed)")
        #expect(sum.resetHint == .gauge)
        #expect(first.scaled(by: 3).divided(by: 3).isAlike(first))
        #expect(first.scaled(by: -1).resetHint == .gauge)
        let nothing = first.divided(by: 0)
        #expect(nothing.positive.isEmpty && nothing.count == .infinity)
    }

    @Test("Lower resolution is what fewer buckets would have counted", arguments: 0..<10)
    func resolution(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let observed = ObservedHistogram.random(&random)
        for finer: Int8 in -4...8 {
            for coarser: Int8 in -4...8 where coarser <= finer {
                var histogram = observed.exponential(schema: finer, zeroThreshold: 0)
                histogram.reduceResolution(to: coarser)
                #expect(histogram.isAlike(observed.exponential(schema: coarser, zeroThreshold: 0)), "\(finer) to \(coarser)")
            }
        }
    }

    @Test("A zero bucket that would end within a bucket grows to its end")
    func zeroBucket() throws {
        var left = NativeHistogram(
            schema: 0, count: 6, positive: HistogramBuckets(startingAt: 0, [1, 2, 3]))  // (0.5, 1], (1, 2], (2, 4]
        var right = NativeHistogram(schema: 0)
        right.zeroThreshold = 1.5
        try left.add(right)
        #expect(left.zeroThreshold == 2)
        #expect(left.zeroCount == 3)
        #expect(left.positive == HistogramBuckets(startingAt: 2, [3]))
    }

    @Test("Custom bounds that differ are reconciled to those of both", arguments: 0..<20)
    func customBounds(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (a, b) = (ObservedHistogram.random(&random), ObservedHistogram.random(&random))
        let all = [-100, -1, 0, 0.5, 1, 7, 50, 800.0]
        let (left, right) = (
            all.filter { _ in Bool.random(using: &random) }, all.filter { _ in Bool.random(using: &random) }
        )
        var sum = a.custom(left)
        let notes = try sum.add(b.custom(right))
        #expect(sum.isAlike((a + b).custom(left.filter(right.contains))), "seed \(seed): \(left), \(right)")
        #expect(notes.contains(.reconciledBounds) == (left != right))
    }

    @Test("Exponential and custom buckets can't be brought together")
    func incompatible() {
        var histogram = NativeHistogram(schema: 0)
        #expect(throws: IncompatibleHistograms.self) { try histogram.add(NativeHistogram(schema: NativeHistogram.customSchema)) }
    }

    @Test("A counter that only gains is not reset, one that lost anything is", arguments: 0..<20)
    func resets(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (a, b) = (ObservedHistogram.random(&random), ObservedHistogram.random(&random))
        let schema = Int8.random(in: -4...8, using: &random)
        let earlier = a.exponential(schema: schema, zeroThreshold: 0x1p-16)
        var later = (a + b).exponential(schema: max(schema - 1, -4), zeroThreshold: 1)
        #expect(!later.isReset(after: earlier), "coarser and wider, but nothing lost: seed \(seed)")
        #expect(earlier.isReset(after: later))
        var lost = a
        lost.observations[Int.random(in: lost.observations.indices, using: &random)] = 1e6
        #expect(lost.exponential(schema: schema, zeroThreshold: 0x1p-16).isReset(after: earlier), "seed \(seed)")
        later.resetHint = .reset
        #expect(later.isReset(after: earlier))
        var hinted = earlier
        hinted.resetHint = .notReset
        #expect(!hinted.isReset(after: later))
    }

    @Test(
        "Hints merge to what still holds of the sum",
        arguments: [
            (.unknown, .unknown, .unknown, false), (.gauge, .reset, .gauge, false), (.notReset, .unknown, .unknown, false),
            (.reset, .notReset, .unknown, true), (.notReset, .notReset, .notReset, false), (.unknown, .gauge, .gauge, false),
        ] as [(NativeHistogram.ResetHint, NativeHistogram.ResetHint, NativeHistogram.ResetHint, Bool)])
    func hints(
        left: NativeHistogram.ResetHint, right: NativeHistogram.ResetHint, hint: NativeHistogram.ResetHint, conflicts: Bool
    ) {
        let merged = NativeHistogram.mergedHint(left, right)
        #expect(merged.hint == hint)
        #expect(merged.conflicts == conflicts)
        #expect(NativeHistogram.mergedHint(right, left).hint == hint)
    }
}
