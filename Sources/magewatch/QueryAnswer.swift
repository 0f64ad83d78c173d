import Foundation

/// The answer of a query endpoint, Prometheus' or Loki's.
struct QueryAnswer: Decodable {
    struct Body: Decodable {
        var resultType: String
        var result: Result
    }

    /// The forms a result has.
    enum Result: Decodable {
        case series([Series])
        case scalar(Point)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let series = try? container.decode([Series].self) {
                self = .series(series)
            } else {
                self = .scalar(try container.decode(Point.self))
            }
        }
    }

    struct Series: Decodable {
        var metric: [String: String]?
        var stream: [String: String]?
        var value: Point?
        var values: [Point]?
        var histogram: HistogramAnswer?
        var histograms: [HistogramAnswer]?
    }

    /// `[time, "value"]`; the time is seconds for samples, nanoseconds in a string for entries.
    struct Point: Decodable {
        var time: Double
        var nanoseconds: Int64
        var text: String

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            if let seconds = try? container.decode(Double.self) {
                time = seconds
                nanoseconds = Int64(seconds * 1e9)
            } else {
                nanoseconds = Int64(try container.decode(String.self)) ?? 0
                time = Double(nanoseconds) / 1e9
            }
            text = try container.decode(String.self)
        }

        /// The value as a number.
        var value: Double { Double(text) ?? .nan }
    }

    var data: Body
    var warnings: [String]?
    var infos: [String]?

    /// The series of the result; a scalar is one without labels.
    var series: [Series] {
        switch data.result {
        case .series(let series): series
        case .scalar(let point): [Series(metric: [:], stream: nil, value: point, values: nil)]
        }
    }

    /// One line a series with its value, or a line a point under the series' name.
    func lines() -> [String] {
        series.flatMap { series -> [String] in
            let name = QueryAnswer.name(series.metric ?? series.stream ?? [:])
            if let text = series.value?.text ?? series.histogram?.text { return ["\(name) \(text)"] }
            let points =
                (series.values ?? []).map { (time: $0.time, text: $0.text) }
                + (series.histograms ?? []).map { (time: $0.time, text: $0.text) }
            let isMixed = series.values != nil && series.histograms != nil
            return [name]
                + (isMixed ? points.sorted { $0.time < $1.time } : points).map { "  \(QueryAnswer.clock($0.time)) \($0.text)" }
        }
    }

    /// `name{a="b"}`.
    static func name(_ labels: [String: String]) -> String {
        let inside = labels.filter { $0.key != "__name__" }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ", ")
        return (labels["__name__"] ?? "") + "{\(inside)}"
    }

    /// The local time of a point.
    static func clock(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(
            .iso8601.year().month().day().dateSeparator(.dash).dateTimeSeparator(.space).time(includingFractionalSeconds: true))
    }
}
