import PromQL
import Telemetry

extension JSONWriter {
    /// One histogram at its time: `[seconds, {count, sum, buckets}]`, each bucket as `[rule, "lower", "upper", "count"]`.
    mutating func sample(milliseconds: Milliseconds, histogram: NativeHistogram) {
        array { writer in
            writer.raw(JSONWriter.text(of: Double(milliseconds) / 1000).utf8)
            writer.object { writer in
                writer.key("count")
                writer.string(JSONWriter.text(of: histogram.count))
                writer.key("sum")
                writer.string(JSONWriter.text(of: histogram.sum))
                let buckets = histogram.buckets
                if buckets.isEmpty { return }
                writer.key("buckets")
                writer.array { writer in for bucket in buckets { writer.bucket(bucket) } }
            }
        }
    }

    private mutating func bucket(_ bucket: HistogramBucket) {
        array { writer in
            // The rule says which bounds belong to the bucket: 0 the upper, 1 the lower, 2 none, 3 both.
            switch bucket.includes {
            case (false, true): writer.integer(0)
            case (true, false): writer.integer(1)
            case (false, false): writer.integer(2)
            case (true, true): writer.integer(3)
            }
            for value in [bucket.lower, bucket.upper, bucket.count] { writer.string(JSONWriter.text(of: value)) }
        }
    }
}
