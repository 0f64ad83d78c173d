/// An OTLP export of metrics, decoded from either of its forms but not yet translated.
struct OTLPMetrics {
    /// Most bytes that a request may unfold to in memory, as a multiple of what it may have itself.
    static let maximumUnfolding = 4
    /// Most buckets of one histogram point; the protocol's own default is some 160.
    static let maximumBuckets = 1_000
    /// Deepest nesting of an attribute's value.
    static let maximumDepth = 16

    /// What is measured, and its metrics.
    struct Resource {
        var attributes: [OTLPAttribute] = []
        var metrics: [Metric] = []
    }

    /// How a metric's points are to be read.
    enum Shape {
        case gauge, sum, histogram, exponentialHistogram, summary
    }

    /// One metric.
    struct Metric {
        var name = ""
        var unit = ""
        /// What it is, in words.
        var help = ""
        /// Nil where the metric has no data, or data of a kind that is not known here.
        var shape: Shape?
        /// 0 where it is not told, 1 for delta, 2 for cumulative.
        var temporality = 0
        var isMonotonic = false
        var points: [Point] = []
    }

    /// What only exponential histograms have: bucket i of a scale holds what is above base^i up to base^(i+1), base = 2^(2^-scale).
    struct Exponential {
        /// Neighbouring buckets, the first of them at an offset.
        struct Side {
            var offset = 0
            var counts: [UInt64] = []
        }

        var scale = 0
        var zeroCount: UInt64 = 0
        var zeroThreshold = 0.0
        var positive = Side()
        var negative = Side()
    }

    /// One point; which members count depends on the metric's shape.
    struct Point {
        var attributes: [OTLPAttribute] = []
        /// Nanoseconds since 1970.
        var time: UInt64 = 0
        /// Bit 0: nothing was recorded, the series has ended.
        var flags: UInt64 = 0
        var value: Double?
        var count: UInt64 = 0
        var sum: Double?
        var bucketCounts: [UInt64] = []
        var bounds: [Double] = []
        var quantiles: [(quantile: Double, value: Double)] = []
        var exponential = Exponential()
        var exemplars: [OTLPExemplar] = []

        var isStale: Bool { flags & 1 != 0 }
    }

    var resources: [Resource] = []
    private var room: Int

    /// - Parameter maximumBytes: how much may be decoded.
    init(maximumBytes: Int) {
        room = maximumBytes
    }

    /// Takes the room of one more value, or refuses the request: two bytes of a message can be a whole empty point.
    mutating func take<Value>(_ type: Value.Type) throws(IngestError) {
        room -= MemoryLayout<Value>.stride
        guard room >= 0 else {
            throw IngestError(.bodyTooLarge, "the export unfolds to more than may be held: export in smaller batches")
        }
    }
}

/// A name and its value as text: lists and maps as JSON, bytes in base 64.
struct OTLPAttribute: Equatable {
    var name: String
    var value: String
}
