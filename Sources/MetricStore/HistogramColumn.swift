internal import Compression
internal import Telemetry

/// The histograms of one chunk, column by column: how a bucket grows from sample to sample costs little, as a counter does.
///
/// ```
/// number of groups | group ...
/// group = samples | schema, zigzag | zero threshold 8 B | custom bounds | hints: (hint | samples) ...
///       | indexes above zero | indexes below zero | columns, each with its length:
///         sums | zero counts | counts | one a bucket, above zero, then below
/// counts = 0 | value column      or      1 | value column of what the count is above the sum of all buckets (observations of NaN)
/// ```
/// A group is a run of samples of one layout that have nearly the same buckets: its indexes are those that any of them has, and a bucket
/// that a sample lacks counts 0 there. Buckets of 0 are not kept. Each column is a ``ValueColumn``: integers for histograms of integers,
/// so the differences of a bucket's counts, entropy-coded; decimals or patterns for those with fractions.
enum HistogramColumn {
    /// Most buckets, of all its histograms together, that a chunk is given; one histogram may have more.
    static let maximumBuckets = 16_384
    /// Most counts that one group may unfold to: more is damage.
    private static let maximumCells = 1 << 20
    /// Counts of 0 that a group may always have.
    private static let cellsForNothing = 512

    static func encode(_ histograms: [NativeHistogram], into bytes: inout [UInt8]) {
        let groups = groups(of: histograms)
        Varint.append(UInt64(groups.count), to: &bytes)
        for group in groups { append(group, of: histograms[group.samples], to: &bytes) }
    }

    /// Reads `count` histograms; `nil` where the bytes are damaged.
    static func decode(_ bytes: ArraySlice<UInt8>, at position: inout Int, count: Int) -> [NativeHistogram]? {
        guard let groups = Varint.read(bytes, at: &position), groups <= count else { return nil }
        var histograms: [NativeHistogram] = []
        histograms.reserveCapacity(count)
        for _ in 0..<groups {
            guard readGroup(bytes, at: &position, room: count - histograms.count, into: &histograms) else { return nil }
        }
        return histograms.count == count ? histograms : nil
    }

    /// Samples that are written together, and the buckets that any of them has.
    private struct Group {
        var samples: Range<Int>
        var layout: HistogramLayout
        var positive: [Int32]
        var negative: [Int32]
        /// Buckets of all samples.
        var filled: Int
    }

    /// Cuts where the layout changes, and where the buckets that a sample lacks would cost more than another group.
    private static func groups(of histograms: [NativeHistogram]) -> [Group] {
        var groups: [Group] = []
        for (place, histogram) in histograms.enumerated() {
            let own = histogram.positive.count + histogram.negative.count
            if let last = groups.last, last.layout == histogram.layout {
                let positive = union(last.positive, histogram.positive.indexes)
                let negative = union(last.negative, histogram.negative.indexes)
                let cells = (positive.count + negative.count) * (last.samples.count + 1)
                if cells <= 4 * (last.filled + own) + cellsForNothing {
                    groups[groups.count - 1] = Group(
                        samples: last.samples.lowerBound..<place + 1, layout: last.layout, positive: positive, negative: negative,
                        filled: last.filled + own)
                    continue
                }
            }
            groups.append(
                Group(
                    samples: place..<place + 1, layout: histogram.layout, positive: histogram.positive.indexes,
                    negative: histogram.negative.indexes, filled: own))
        }
        return groups
    }

    private static func union(_ left: [Int32], _ right: [Int32]) -> [Int32] {
        if left == right { return left }
        var result: [Int32] = []
        result.reserveCapacity(max(left.count, right.count))
        var (mine, theirs) = (0, 0)
        while mine < left.count || theirs < right.count {
            if theirs == right.count || (mine < left.count && left[mine] <= right[theirs]) {
                if theirs < right.count, left[mine] == right[theirs] { theirs += 1 }
                result.append(left[mine])
                mine += 1
            } else {
                result.append(right[theirs])
                theirs += 1
            }
        }
        return result
    }

    private static func append(_ group: Group, of histograms: ArraySlice<NativeHistogram>, to bytes: inout [UInt8]) {
        Varint.append(UInt64(histograms.count), to: &bytes)
        Varint.append(signed: Int64(group.layout.schema), to: &bytes)
        bytes.append(littleEndian: group.layout.zeroThreshold.bitPattern)
        HistogramBytes.append(bounds: group.layout.customBounds, to: &bytes)
        append(hints: histograms.map(\.resetHint), to: &bytes)
        HistogramBytes.append(indexes: group.positive, to: &bytes)
        HistogramBytes.append(indexes: group.negative, to: &bytes)
        bytes.append(counted: ValueColumn.encode(histograms.map(\.sum)))
        bytes.append(counted: ValueColumn.encode(histograms.map(\.zeroCount)))
        let above = histograms.map { $0.count - $0.countOfBuckets }
        let isExact = zip(above, histograms).allSatisfy { ($0 + $1.countOfBuckets).bitPattern == $1.count.bitPattern }
        bytes.append(counted: [isExact ? 1 : 0] + ValueColumn.encode(isExact ? above : histograms.map(\.count)))
        for column in columns(histograms.map(\.positive), group.positive) + columns(histograms.map(\.negative), group.negative) {
            bytes.append(counted: ValueColumn.encode(column))
        }
    }

    /// The counts of each bucket, sample after sample.
    private static func columns(_ sides: [HistogramBuckets], _ indexes: [Int32]) -> [[Double]] {
        var columns = [[Double]](repeating: [Double](repeating: 0, count: sides.count), count: indexes.count)
        for (sample, side) in sides.enumerated() {
            var place = 0
            for (index, count) in zip(side.indexes, side.counts) {
                while indexes[place] < index { place += 1 }
                columns[place][sample] = count
            }
        }
        return columns
    }

    private static func append(hints: [NativeHistogram.ResetHint], to bytes: inout [UInt8]) {
        var start = 0
        while start < hints.count {
            let end = hints[start...].firstIndex { $0 != hints[start] } ?? hints.count
            bytes.append(UInt8(HistogramBytes.hints.firstIndex(of: hints[start]) ?? 0))
            Varint.append(UInt64(end - start), to: &bytes)
            start = end
        }
    }

    private static func readGroup(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, room: Int, into histograms: inout [NativeHistogram]
    ) -> Bool {
        guard let samples = Varint.read(bytes, at: &position), samples > 0, samples <= room,
            let schema = Varint.readSigned(bytes, at: &position).flatMap({ Int8(exactly: $0) }),
            let threshold = bytes.double(at: &position), let bounds = HistogramBytes.bounds(bytes, at: &position)
        else { return false }
        let count = Int(samples)
        guard let hints = readHints(bytes, at: &position, count: count),
            let positive = HistogramBytes.indexes(bytes, at: &position),
            let negative = HistogramBytes.indexes(bytes, at: &position),
            (positive.count + negative.count) * count <= maximumCells,
            let sums = bytes.counted(at: &position).flatMap({ ValueColumn.decode($0, count: count) }),
            let zeroCounts = bytes.counted(at: &position).flatMap({ ValueColumn.decode($0, count: count) }),
            let totals = bytes.counted(at: &position), let isAbove = totals.first, isAbove <= 1,
            let counts = ValueColumn.decode(totals.dropFirst(), count: count)
        else { return false }
        let first = histograms.count
        for sample in 0..<count {
            var histogram = NativeHistogram(schema: schema, sum: sums[sample], customBounds: bounds)
            histogram.zeroThreshold = threshold
            histogram.zeroCount = zeroCounts[sample]
            histogram.resetHint = hints[sample]
            histograms.append(histogram)
        }
        guard readBuckets(bytes, at: &position, positive, count, add: { histograms[first + $0].positive.append($1, $2) }),
            readBuckets(bytes, at: &position, negative, count, add: { histograms[first + $0].negative.append($1, $2) })
        else { return false }
        for sample in 0..<count {
            let buckets = isAbove == 1 ? histograms[first + sample].countOfBuckets : 0
            histograms[first + sample].count = isAbove == 1 ? counts[sample] + buckets : counts[sample]
        }
        return true
    }

    /// - Parameter add: takes a sample's place, an index and a count.
    private static func readBuckets(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, _ indexes: [Int32], _ count: Int, add: (Int, Int32, Double) -> Void
    ) -> Bool {
        for index in indexes {
            guard let column = bytes.counted(at: &position).flatMap({ ValueColumn.decode($0, count: count) }) else {
                return false
            }
            for (sample, value) in column.enumerated() where value != 0 { add(sample, index, value) }
        }
        return true
    }

    private static func readHints(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, count: Int
    ) -> [NativeHistogram.ResetHint]? {
        var hints: [NativeHistogram.ResetHint] = []
        while hints.count < count {
            guard position < bytes.endIndex, bytes[position] < HistogramBytes.hints.count else { return nil }
            let hint = HistogramBytes.hints[Int(bytes[position])]
            position += 1
            guard let length = Varint.read(bytes, at: &position), length > 0, length <= UInt64(count - hints.count) else {
                return nil
            }
            hints += Array(repeating: hint, count: Int(length))
        }
        return hints
    }
}

extension NativeHistogram {
    /// The observations that stand in some bucket, the zero bucket included.
    fileprivate var countOfBuckets: Double {
        negative.counts.reduce(positive.counts.reduce(zeroCount, +), +)
    }
}
