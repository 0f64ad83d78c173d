internal import Compression
internal import Telemetry

/// One histogram by itself, as the write-ahead log holds it, bit for bit.
///
/// ```
/// 1 if all counts are integers, + 2 x hint | schema, zigzag | zero threshold 8 B | sum 8 B | zero count | count
/// | buckets above zero: how many | (gap since the last index, the first zigzag) ... | their counts
/// | buckets below zero, the same | custom bounds: how many | 8 B each
/// count = an integer, or 8 B of pattern
/// ```
enum HistogramBytes {
    static let hints: [NativeHistogram.ResetHint] = [.unknown, .reset, .notReset, .gauge]
    /// Largest integer that every smaller one of which is a double.
    private static let largestInteger = 9_007_199_254_740_992.0

    static func append(_ histogram: NativeHistogram, to bytes: inout [UInt8]) {
        let counts = [histogram.zeroCount, histogram.count] + histogram.positive.counts + histogram.negative.counts
        let areIntegers = counts.allSatisfy { isInteger($0) }
        let hint = hints.firstIndex(of: histogram.resetHint) ?? 0
        bytes.append((areIntegers ? 1 : 0) | UInt8(hint) << 1)
        Varint.append(signed: Int64(histogram.schema), to: &bytes)
        bytes.append(littleEndian: histogram.zeroThreshold.bitPattern)
        bytes.append(littleEndian: histogram.sum.bitPattern)
        for count in counts[..<2] { append(count, areIntegers, to: &bytes) }
        for side in [histogram.positive, histogram.negative] {
            append(indexes: side.indexes, to: &bytes)
            for count in side.counts { append(count, areIntegers, to: &bytes) }
        }
        append(bounds: histogram.customBounds, to: &bytes)
    }

    /// Reads one at `position` and moves past it; `nil` where the bytes are damaged.
    static func read(_ bytes: ArraySlice<UInt8>, at position: inout Int) -> NativeHistogram? {
        guard position < bytes.endIndex, bytes[position] < 8 else { return nil }
        let (areIntegers, hint) = (bytes[position] & 1 == 1, hints[Int(bytes[position] >> 1)])
        position += 1
        guard let schema = Varint.readSigned(bytes, at: &position).flatMap({ Int8(exactly: $0) }),
            let threshold = bytes.double(at: &position), let sum = bytes.double(at: &position),
            let zeroCount = count(bytes, at: &position, areIntegers), let total = count(bytes, at: &position, areIntegers),
            let positive = side(bytes, at: &position, areIntegers), let negative = side(bytes, at: &position, areIntegers),
            let bounds = bounds(bytes, at: &position)
        else { return nil }
        var histogram = NativeHistogram(
            schema: schema, count: total, sum: sum, positive: positive, negative: negative, customBounds: bounds)
        histogram.resetHint = hint
        histogram.zeroThreshold = threshold
        histogram.zeroCount = zeroCount
        return histogram
    }

    /// Whether a count is an integer that comes back bit for bit.
    static func isInteger(_ value: Double) -> Bool {
        value >= 0 && value < largestInteger && Double(UInt64(value)).bitPattern == value.bitPattern
    }

    /// Ascending indexes as gaps.
    static func append(indexes: [Int32], to bytes: inout [UInt8]) {
        Varint.append(UInt64(indexes.count), to: &bytes)
        guard let first = indexes.first else { return }
        Varint.append(signed: Int64(first), to: &bytes)
        for (last, next) in zip(indexes, indexes.dropFirst()) { Varint.append(UInt64(Int64(next) - Int64(last) - 1), to: &bytes) }
    }

    /// Reads what ``append(indexes:to:)`` writes.
    static func indexes(_ bytes: ArraySlice<UInt8>, at position: inout Int) -> [Int32]? {
        guard let count = Varint.read(bytes, at: &position), count <= UInt64(bytes.endIndex - position) else { return nil }
        guard count > 0 else { return [] }
        guard let first = Varint.readSigned(bytes, at: &position), var last = Int32(exactly: first) else { return nil }
        var indexes = [last]
        for _ in 1..<count {
            guard let gap = Varint.read(bytes, at: &position), gap <= UInt64(UInt32.max),
                let next = Int32(exactly: Int64(last) + Int64(gap) + 1)
            else { return nil }
            indexes.append(next)
            last = next
        }
        return indexes
    }

    static func append(bounds: [Double], to bytes: inout [UInt8]) {
        Varint.append(UInt64(bounds.count), to: &bytes)
        for bound in bounds { bytes.append(littleEndian: bound.bitPattern) }
    }

    static func bounds(_ bytes: ArraySlice<UInt8>, at position: inout Int) -> [Double]? {
        guard let count = Varint.read(bytes, at: &position), count <= UInt64(bytes.endIndex - position) / 8 else { return nil }
        var bounds: [Double] = []
        for _ in 0..<count {
            guard let bound = bytes.double(at: &position) else { return nil }
            bounds.append(bound)
        }
        return bounds
    }

    private static func append(_ count: Double, _ isInteger: Bool, to bytes: inout [UInt8]) {
        if isInteger { Varint.append(UInt64(count), to: &bytes) } else { bytes.append(littleEndian: count.bitPattern) }
    }

    private static func count(_ bytes: ArraySlice<UInt8>, at position: inout Int, _ isInteger: Bool) -> Double? {
        isInteger ? Varint.read(bytes, at: &position).map { Double($0) } : bytes.double(at: &position)
    }

    private static func side(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, _ areIntegers: Bool
    ) -> HistogramBuckets? {
        guard let indexes = indexes(bytes, at: &position) else { return nil }
        var side = HistogramBuckets()
        for index in indexes {
            guard let count = count(bytes, at: &position, areIntegers) else { return nil }
            side.append(index, count)
        }
        return side
    }
}

extension ArraySlice<UInt8> {
    /// Eight bytes of pattern at `position`, which moves past them; `nil` where they are not all there.
    func double(at position: inout Int) -> Double? {
        guard endIndex - position >= 8 else { return nil }
        var pattern: UInt64 = 0
        for offset in 0..<8 { pattern |= UInt64(self[position + offset]) << UInt64(8 * offset) }
        position += 8
        return Double(bitPattern: pattern)
    }
}
