import Compression
import Telemetry

/// Prometheus' exposition as protobuf, the one form of it that has native histograms.
///
/// ```
/// length | MetricFamily { 1: name, 3: type, 4: Metric { 1: LabelPair { 1: name, 2: value }, 5: Untyped { 1: double }, 6: ms,
///                         7: Histogram { 1: count, 2: sum, 4: count of fractions, 5: schema, 6: zero threshold, 7, 8: zero count,
///                                        9 to 11: buckets below zero, 12 to 14: above } } } | length | ...
/// ```
/// Histograms with bounds of their own are written as classic ones, `3: Bucket { 1: count so far, 2: upper bound, 4: of fractions }`.
extension Federation {
    static let protobufType =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
    private static let untyped: UInt64 = 3
    private static let histogramType: UInt64 = 4
    private static let gaugeHistogramType: UInt64 = 5

    /// Whether a scraper prefers protobuf: it stands first in its list, or has the greatest weight.
    static func asksForProtobuf(_ accept: String) -> Bool {
        func weight(_ range: Substring) -> Double {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            return parts.first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        }
        let ranges = accept.split(separator: ",")
        guard let best = ranges.max(by: { weight($0) < weight($1) }).map(weight), best > 0 else { return false }
        return ranges.first { weight($0) == best }.map {
            $0.contains("application/vnd.google.protobuf") && $0.contains("encoding=delimited")
        } ?? false
    }

    /// A family for each metric and kind of sample.
    static func protobuf(_ newest: [Labels: Newest]) -> [UInt8] {
        var bytes: [UInt8] = []
        var family = ProtobufWriter()
        var last: (name: String, type: UInt64)?
        func endFamily() {
            guard last != nil else { return }
            Varint.append(UInt64(family.bytes.count), to: &bytes)
            bytes += family.bytes
        }
        for type in [untyped, histogramType, gaugeHistogramType] {
            for (labels, sample) in byFamily(newest.filter { self.type(of: $0.value) == type }) {
                let name = labels.metricName ?? ""
                if last?.name != name || last?.type != type {
                    endFamily()
                    family = ProtobufWriter()
                    family.string(1, name)
                    family.varint(3, type)
                    last = (name, type)
                }
                family.message(4) { metric(&$0, labels, sample) }
            }
        }
        endFamily()
        return bytes
    }

    private static func type(of newest: Newest) -> UInt64 {
        newest.histogram.map { $0.resetHint == .gauge ? gaugeHistogramType : histogramType } ?? untyped
    }

    private static func metric(_ message: inout ProtobufWriter, _ labels: Labels, _ newest: Newest) {
        var pairs = labels.filter { $0.name != Labels.metricNameLabel }
        // Without an instance of its own the scraper would put the monitor's on it.
        if labels["instance"] == nil { pairs.append(Label("instance", "")) }
        for label in pairs {
            message.message(1) { pair in
                pair.string(1, label.name)
                pair.string(2, label.value)
            }
        }
        if let histogram = newest.histogram {
            message.message(7) { histogram.isCustom ? classic(&$0, histogram) : native(&$0, histogram) }
        } else {
            message.message(5) { $0.double(1, newest.sample.value) }
        }
        message.integer(6, newest.sample.timestamp)
    }

    private static func native(_ message: inout ProtobufWriter, _ histogram: NativeHistogram) {
        let counts = [histogram.count, histogram.zeroCount] + histogram.positive.counts + histogram.negative.counts
        let areIntegers = counts.allSatisfy(\.isSmallInteger)
        if areIntegers { message.varint(1, UInt64(histogram.count)) } else { message.double(4, histogram.count) }
        message.double(2, histogram.sum)
        message.varint(5, Varint.zigzag(Int64(histogram.schema)))
        message.double(6, histogram.zeroThreshold)
        if areIntegers { message.varint(7, UInt64(histogram.zeroCount)) } else { message.double(8, histogram.zeroCount) }
        message.buckets(histogram.negative, spans: 9, areIntegers)
        message.buckets(histogram.positive, spans: 12, areIntegers)
        // Without any bucket a span of none tells that the histogram is native.
        if histogram.positive.isEmpty, histogram.negative.isEmpty { message.message(12) { _ in } }
    }

    private static func classic(_ message: inout ProtobufWriter, _ histogram: NativeHistogram) {
        let areIntegers = ([histogram.count] + histogram.positive.counts).allSatisfy(\.isSmallInteger)
        if areIntegers { message.varint(1, UInt64(histogram.count)) } else { message.double(4, histogram.count) }
        message.double(2, histogram.sum)
        var total = 0.0
        var place = 0
        for (index, bound) in histogram.customBounds.enumerated() {
            while place < histogram.positive.count, Int(histogram.positive.indexes[place]) <= index {
                total += histogram.positive.counts[place]
                place += 1
            }
            message.message(3) { bucket in
                if areIntegers { bucket.varint(1, UInt64(total)) } else { bucket.double(4, total) }
                bucket.double(2, bound)
            }
        }
    }
}
