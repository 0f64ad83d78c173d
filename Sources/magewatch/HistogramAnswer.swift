/// `[time, {count, sum, buckets}]`: a native histogram in an answer.
struct HistogramAnswer: Decodable {
    private struct Body: Decodable {
        var count: String
        var sum: String
        var buckets: [Bucket]?
    }

    /// `[rule, "lower", "upper", "count"]`, the rule saying which bounds belong to the bucket.
    private struct Bucket: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            let rule = try container.decode(Int.self)
            let (lower, upper) = (try container.decode(String.self), try container.decode(String.self))
            let count = try container.decode(String.self)
            text = (rule == 1 || rule == 3 ? "[" : "(") + "\(lower),\(upper)" + (rule == 0 || rule == 3 ? "]" : ")") + ":\(count)"
        }
    }

    var time: Double
    /// `{count:4, sum:5, (1,2]:4}`.
    var text: String

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        time = try container.decode(Double.self)
        let body = try container.decode(Body.self)
        let parts = ["count:\(body.count)", "sum:\(body.sum)"] + (body.buckets ?? []).map(\.text)
        text = "{\(parts.joined(separator: ", "))}"
    }
}
