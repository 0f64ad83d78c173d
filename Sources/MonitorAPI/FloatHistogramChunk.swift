import Telemetry

/// Prometheus' chunk of histograms with fractions (encoding 3), which holds integers as well: one layout for all samples, then times as
/// differences of differences, and each number as XOR.
///
/// ```
/// ┌───────────┬──────────────┬──────────────┬────────┬────────────────┬────────────────┬───────────────┬─────────┬─────┐
/// │ count u16 │ reset, 2 bits│ zero thresh. │ schema │ positive spans │ negative spans │ custom bounds │ sample 0│ ... │
/// │           │ + 6 bits of 0│              │        │ length, offset │                │ where custom  │         │     │
/// └───────────┴──────────────┴──────────────┴────────┴────────────────┴────────────────┴───────────────┴─────────┴─────┘
/// sample = time | count | zero count | sum | buckets above zero | buckets below zero
/// ```
struct FloatHistogramChunk {
    /// Most samples of a chunk.
    static let maximumSamples = 120

    private let positive: [Int32]
    private let negative: [Int32]
    private let samples: [(time: Milliseconds, histogram: NativeHistogram)]

    /// How many of the first samples one chunk can hold: those of one layout, up to where a counter starts again.
    static func prefix(_ samples: some Collection<(time: Milliseconds, histogram: NativeHistogram)>) -> Int {
        guard let first = samples.first?.histogram else { return 0 }
        var count = 1
        for (_, histogram) in samples.dropFirst().prefix(maximumSamples - 1) {
            guard histogram.layout == first.layout, histogram.resetHint != .reset,
                (histogram.resetHint == .gauge) == (first.resetHint == .gauge)
            else { break }
            count += 1
        }
        return count
    }

    /// - Parameter samples: of one layout; buckets that some of them lack are 0 there.
    init(_ samples: [(time: Milliseconds, histogram: NativeHistogram)]) {
        precondition(!samples.isEmpty && samples.count <= FloatHistogramChunk.maximumSamples, "a chunk has 1 to 120 samples")
        self.samples = samples
        positive = Set(samples.flatMap { $0.histogram.positive.indexes }).sorted()
        negative = Set(samples.flatMap { $0.histogram.negative.indexes }).sorted()
    }

    /// The chunk's bytes.
    var bytes: [UInt8] {
        var bits = BitSequence()
        writeLayout(to: &bits)
        let rows = samples.map { numbers(of: $0.histogram) }
        var windows = [XORWindow](repeating: XORWindow(), count: rows[0].count)
        var delta: Milliseconds = 0
        for (index, sample) in samples.enumerated() {
            let step = index == 0 ? sample.time : sample.time &- samples[index - 1].time
            switch index {
            case 0: bits.write(signedVarbit: step)
            case 1: bits.write(varbit: UInt64(bitPattern: step))
            default: bits.write(signedVarbit: step &- delta)
            }
            delta = step
            for (place, number) in rows[index].enumerated() {
                if index == 0 { windows[place].begin(number, to: &bits) } else { windows[place].append(number, to: &bits) }
            }
        }
        return [UInt8(samples.count >> 8), UInt8(samples.count & 0xff), header] + bits.bytes
    }

    /// What is known of a reset before the first sample.
    private var header: UInt8 {
        switch samples[0].histogram.resetHint {
        case .unknown: 0
        case .notReset: 0b0100_0000
        case .reset: 0b1000_0000
        case .gauge: 0b1100_0000
        }
    }

    private func numbers(of histogram: NativeHistogram) -> [Double] {
        func counts(_ side: HistogramBuckets, _ indexes: [Int32]) -> [Double] {
            var place = 0
            return indexes.map { index in
                guard place < side.count, side.indexes[place] == index else { return 0 }
                defer { place += 1 }
                return side.counts[place]
            }
        }
        return [histogram.count, histogram.zeroCount, histogram.sum] + counts(histogram.positive, positive)
            + counts(histogram.negative, negative)
    }

    private func writeLayout(to bits: inout BitSequence) {
        let first = samples[0].histogram
        FloatHistogramChunk.write(zeroThreshold: first.zeroThreshold, to: &bits)
        bits.write(signedVarbit: Int64(first.schema))
        for indexes in [positive, negative] {
            let spans = BucketSpan.spans(of: indexes)
            bits.write(varbit: UInt64(spans.count))
            for span in spans {
                bits.write(varbit: UInt64(span.length))
                bits.write(signedVarbit: Int64(span.offset))
            }
        }
        guard first.isCustom else { return }
        bits.write(varbit: UInt64(first.customBounds.count))
        for bound in first.customBounds { FloatHistogramChunk.write(bound: bound, to: &bits) }
    }

    /// Powers of two, which thresholds mostly are, take a byte.
    private static func write(zeroThreshold threshold: Double, to bits: inout BitSequence) {
        guard threshold != 0 else { return bits.write(0, 8) }
        let exponent = threshold.exponent + 1
        guard threshold.significand == 1, (-242...11).contains(exponent) else {
            bits.write(255, 8)
            return bits.write(threshold.bitPattern, 64)
        }
        bits.write(UInt64(exponent + 243), 8)
    }

    /// Whole thousandths are written as integers.
    private static func write(bound: Double, to bits: inout BitSequence) {
        let thousandths = bound * 1000
        guard (0...33_554_430).contains(thousandths), thousandths == thousandths.rounded() else {
            bits.write(0, 1)
            return bits.write(bound.bitPattern, 64)
        }
        bits.write(varbit: UInt64(thousandths) + 1)
    }
}

/// A run of neighbouring buckets: how far it is from the end of the last one, or from index 0, and how long.
struct BucketSpan: Equatable {
    var offset: Int32
    var length: UInt32

    /// The runs that ascending indexes form.
    static func spans(of indexes: [Int32]) -> [BucketSpan] {
        var spans: [BucketSpan] = []
        var next: Int32 = 0
        for index in indexes {
            if index == next, !spans.isEmpty {
                spans[spans.count - 1].length += 1
            } else {
                spans.append(BucketSpan(offset: index &- next, length: 1))
            }
            next = index &+ 1
        }
        return spans
    }
}

extension BitSequence {
    private static let widths = [3, 6, 9, 12, 18, 25, 56]

    /// An unsigned integer, short where it is small: as many ones as there are shorter widths, a zero, the bits.
    mutating func write(varbit value: UInt64) {
        let length = 64 - value.leadingZeroBitCount
        write(value, widthPlace: value == 0 ? nil : BitSequence.widths.firstIndex { length <= $0 } ?? BitSequence.widths.count)
    }

    /// The same for a signed one. A width of n bits holds -(2^(n-1) - 1) to 2^(n-1).
    mutating func write(signedVarbit value: Int64) {
        let place = BitSequence.widths.firstIndex { width in
            let half = Int64(1) << Int64(width - 1)
            return (-(half - 1)...half).contains(value)
        }
        write(UInt64(bitPattern: value), widthPlace: value == 0 ? nil : place ?? BitSequence.widths.count)
    }

    private mutating func write(_ pattern: UInt64, widthPlace: Int?) {
        guard let widthPlace else { return write(0, 1) }
        guard widthPlace < BitSequence.widths.count else {
            write(0xff, 8)
            return write(pattern, 64)
        }
        write(~0 << 1, widthPlace + 2)
        write(pattern, BitSequence.widths[widthPlace])
    }
}
