/// What dashboards and rules ask, over the day of the generated load.
enum MetricsQueries {
    struct Query {
        var title: String
        var expression: String
        /// Milliseconds since 1970; an instant query where there is no start.
        var start: Int64?
        var end: Int64
        var stepSeconds = 60
        /// Whether answers of before may be reused: what a dashboard pays that asks every minute.
        var isRepeated = false

        /// Path and parameters of the query.
        var path: String {
            let query = "query=" + MetricsQueries.encoded(expression)
            guard let start else { return "/api/v1/query?\(query)&time=\(end / 1000)" }
            return "/api/v1/query_range?\(query)&start=\(start / 1000)&end=\(end / 1000)&step=\(stepSeconds)"
        }
    }

    /// The load's first time, and its length.
    static let begin: Int64 = 1_795_305_600_000
    static let day: Int64 = 86_400_000

    static let all: [Query] = {
        let end = begin + day - 60_000
        let start = begin + 60_000
        let rate = "rate(http_requests_total[5m])"
        let buckets = "rate(http_request_duration_seconds_bucket[5m])"
        return [
            Query(title: "24 h of sum by(role)(rate), 500 series", expression: "sum by(role)(\(rate))", start: start, end: end),
            Query(
                title: "the same, asked again", expression: "sum by(role)(\(rate))", start: start, end: end, isRepeated: true),
            Query(title: "instant sum by(role)(rate), 500 series", expression: "sum by(role)(\(rate))", end: end),
            Query(title: "24 h of topk(10, rate)", expression: "topk(10, \(rate))", start: start, end: end),
            Query(title: "instant topk(10, rate)", expression: "topk(10, \(rate))", end: end),
            Query(
                title: "24 h of quantile_over_time(.99)[1h], 40 series",
                expression: "quantile_over_time(0.99, cpu_usage_percent[1h])", start: start, end: end),
            Query(
                title: "24 h of histogram_quantile over rate",
                expression: "histogram_quantile(0.99, sum by(le,role)(\(buckets)))", start: start, end: end),
            Query(
                title: "24 h of sum by(instance,mode)(rate), 320",
                expression: "sum by(instance,mode)(rate(node_cpu_seconds_total[5m]))", start: start, end: end),
            Query(title: "count over all 2,000 series, instant", expression: "count({__name__!=\"\"})", end: end),
            Query(
                title: "raw day of one series", expression: "node_load1{instance=\"web1:9100\"}[24h]", end: begin + day),
        ]
    }()

    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
