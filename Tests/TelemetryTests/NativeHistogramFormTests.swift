import Telemetry
import Testing

@Suite struct NativeHistogramFormTests {
    private static let sample: NativeHistogram = {
        var histogram = NativeHistogram(
            schema: 0, count: 20, sum: 10, positive: HistogramBuckets(startingAt: 0, [1, 2]),
            negative: HistogramBuckets(startingAt: 0, [1, 0, 2]))
        histogram.zeroThreshold = 0.001
        histogram.zeroCount = 2
        return histogram
    }()

    @Test("Buckets stand in order, with their bounds and which of those belong to them")
    func buckets() {
        #expect(
            Self.sample.buckets == [
                HistogramBucket(-4, -2, 2, includesLower: true, includesUpper: false),
                HistogramBucket(-1, -0.5, 1, includesLower: true, includesUpper: false),
                HistogramBucket(-0.001, 0.001, 2, includesLower: true), HistogramBucket(0.5, 1, 1), HistogramBucket(1, 2, 2),
            ])
        #expect(
            Self.sample.description
                == "{count:20, sum:10, [-4,-2):2, [-1,-0.5):1, [-0.001,0.001]:2, (0.5,1]:1, (1,2]:2}")
    }

    @Test("Custom buckets reach without end at both sides")
    func customBuckets() {
        let histogram = NativeHistogram(
            schema: NativeHistogram.customSchema, count: 6, positive: HistogramBuckets(startingAt: 0, [1, 2, 3]),
            customBounds: [-1, 5])
        #expect(
            histogram.buckets == [
                HistogramBucket(-.infinity, -1, 1, includesLower: true), HistogramBucket(-1, 5, 2),
                HistogramBucket(5, .infinity, 3),
            ])
    }

    @Test("The zero bucket is taken to lie on the side of the other observations")
    func assumed() {
        var histogram = Self.sample
        histogram.negative = HistogramBuckets()
        #expect(histogram.assumedBuckets.first?.lower == 0)
        histogram.negative = Self.sample.negative
        histogram.positive = HistogramBuckets()
        #expect(histogram.assumedBuckets.last?.upper == 0)
    }

    @Test("Content is compared without hints and empty buckets, and NaN equals itself")
    func comparison() {
        var (left, right) = (Self.sample, Self.sample.compacted)
        #expect(right.negative.count == 2)
        left.resetHint = .gauge
        (left.sum, right.sum) = (.nan, .nan)
        #expect(left.hasSameContent(as: right))
        right.zeroCount += 1
        #expect(!left.hasSameContent(as: right))
    }

    @Test("What can't be is refused")
    func validity() {
        #expect(Self.sample.isValid)
        var histogram = Self.sample
        histogram.schema = 9
        #expect(!histogram.isValid)
        let custom = NativeHistogram.customSchema
        #expect(NativeHistogram(schema: custom, customBounds: [1, 2]).isValid)
        #expect(!NativeHistogram(schema: custom, customBounds: [2, 2]).isValid)
        #expect(!NativeHistogram(schema: custom, customBounds: [1, .infinity]).isValid)
        #expect(!NativeHistogram(schema: custom, positive: HistogramBuckets(startingAt: 2, [1]), customBounds: [1]).isValid)
        #expect(!NativeHistogram(schema: custom, negative: HistogramBuckets(startingAt: 0, [1]), customBounds: [1]).isValid)
        #expect(!NativeHistogram(schema: 0, customBounds: [1]).isValid)
    }

    @Test("Buckets at the end of what indexes can hold are kept as far as they fit")
    func indexLimits() {
        #expect(HistogramBuckets(startingAt: .max, [1, 2, 3]).indexes == [.max])
        var histogram = NativeHistogram(schema: 8, positive: HistogramBuckets(startingAt: .min, [1, 1]))
        histogram.positive.append(.max, 3)
        #expect(histogram.buckets.map(\.lower) == [0, 0, .infinity])
        histogram.reduceResolution(to: -4)
        #expect(histogram.positive.counts == [1, 1, 3])
    }
}

@Suite struct SampleColumnsTests {
    @Test("Columns without histograms have no column for them")
    func floats() {
        var columns = SampleColumns(timestamps: [1], values: [1])
        columns.append(2, 3)
        #expect(columns.histograms.isEmpty && columns.startTimestamps.isEmpty && !columns.hasHistograms)
    }

    @Test("A histogram stands beside a marker that those who know only numbers skip")
    func histograms() {
        var columns = SampleColumns(timestamps: [1], values: [1])
        let histogram = NativeHistogram(count: 1)
        columns.append(2, histogram)
        columns.append(3, 4)
        #expect(columns.histograms == [nil, histogram, nil])
        #expect(columns.values[1].bitPattern == SampleBatch.staleMarker.bitPattern)
        columns.startTimestamps = [0, 5, 0]
        var copy = SampleColumns()
        for index in 0..<3 { copy.append(from: columns, at: index) }
        #expect(copy.histograms == columns.histograms && copy.startTimestamps == columns.startTimestamps)
        copy.removeAll()
        #expect(copy == SampleColumns())
    }
}
