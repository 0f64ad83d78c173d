/// What people ask of logs, over the day of the generated load.
enum LogQueries {
    struct Query {
        var title: String
        var expression: String
        /// Nanoseconds; a query at one time where there is none.
        var step: Int64?
        /// Entries wanted of a log query.
        var limit: Int?
        /// CPU milliseconds that the query may take, and what peers were measured at.
        var bar: Double
        var peers: String

        /// Path and parameters of the query over the first `length` nanoseconds of the load.
        func path(length: Int64) -> String {
            let (first, last) = (LogQueries.begin, LogQueries.begin + length)
            let query = "query=" + LogQueries.encoded(expression)
            if let limit { return "/loki/api/v1/query_range?\(query)&start=\(first)&end=\(last)&limit=\(limit)" }
            guard let step else { return "/loki/api/v1/query?\(query)&time=\(last)" }
            return "/loki/api/v1/query_range?\(query)&start=\(first + step)&end=\(last)&step=\(step / 1_000_000_000)"
        }
    }

    /// The load's first time, and its length.
    static let begin: Int64 = 1_795_305_600_000_000_000
    static let day: Int64 = 86_400_000_000_000
    private static let fiveMinutes: Int64 = 300_000_000_000

    /// The peers: VictoriaLogs 1.26 with the line as message and with fields split out, ClickHouse 26 the same, measured once on this load.
    static let all: [Query] = {
        let all = "{app=~\".+\"}"
        let services = "{app=~\"cart-api|search-api|pim-sync|erp-bridge|mailer|feed-export\"}"
        func count(_ filter: String) -> String { "sum(count_over_time(\(all) \(filter) [24h]))" }
        return [
            Query(title: "unique token", expression: count("|= `zq7f3a9c41x`"), bar: 4, peers: "8.5/7, 31/15"),
            Query(title: "absent token", expression: count("|= `absenttoken77q`"), bar: 3, peers: "8/11"),
            Query(title: "common word, 1.7 M hits", expression: count("|= `GET`"), bar: 110, peers: "598/219, 632"),
            Query(
                title: "access logs by status, 5-min steps",
                expression: "sum by(status)(count_over_time({app=\"nginx\"} | pattern `<_> \"<_>\" <status> <_>` [5m]))",
                step: fiveMinutes, bar: 60, peers: "1124/206, 873/90"),
            Query(
                title: "regular expression", expression: count("|~ `quote_id [0-9]+77[^0-9]`"), bar: 180,
                peers: "1468/682, 367"),
            Query(title: "substring of words", expression: count("|= `ession`"), bar: 150, peers: "-/1142"),
            Query(
                title: "last 100 lines of a stream", expression: "{app=\"nginx\",host=\"web1\"}", limit: 100, bar: 6,
                peers: "20/20, 12"),
            Query(
                title: "top 10 client addresses",
                expression: "topk(10, sum by(ip)(count_over_time({app=\"nginx\"} | pattern `<ip> - - <_>` [24h])))", bar: 120,
                peers: "1234/502, 819/215"),
            Query(
                title: "p99 of a number by app, 5-min steps",
                expression: "quantile_over_time(0.99, \(services) | json | unwrap duration_ms [5m]) by (app)",
                step: fiveMinutes, bar: 40, peers: "-/618, -/45"),
        ]
    }()

    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
