import Hummingbird
import PromQL
import Telemetry

extension PrometheusRoutes {
    func format(_ parameters: RequestParameters) async throws -> Response {
        let expression = try PromQLParser.parse(try parameters.required("query"))
        return APIResponse.success { $0.string(expression.description) }
    }

    func parse(_ parameters: RequestParameters) async throws -> Response {
        let expression = try PromQLParser.parse(try parameters.required("query"))
        return APIResponse.success { $0.expression(expression) }
    }

    /// The exemplars of every series that the query selects, wherever in it the selector stands.
    func exemplars(_ parameters: RequestParameters) async throws -> Response {
        let expression = try PromQLParser.parse(try parameters.required("query"))
        let range = try parameters.timeRange()
        let selectors = PrometheusRoutes.selectors(in: expression)
        let source = services.exemplars
        let found =
            selectors.isEmpty
            ? [] : try await pool.run { try source.exemplars(matchingAny: selectors, in: range) }.filter { !$0.exemplars.isEmpty }
        return APIResponse.success { writer in writer.array { writer in for series in found { writer.exemplars(series) } } }
    }

    private static func selectors(in expression: Expression) -> [[LabelMatcher]] {
        switch expression.kind {
        case .selector(let selector), .range(let selector, window: _): [selector.matchers]
        default: expression.kind.children.flatMap(selectors)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func exemplars(_ series: SeriesExemplars) {
        object { writer in
            writer.key("seriesLabels")
            writer.labels(series.series)
            writer.key("exemplars")
            writer.array { writer in
                for exemplar in series.exemplars {
                    writer.object { writer in
                        writer.key("labels")
                        writer.labels(exemplar.labels)
                        writer.key("value")
                        writer.string(JSONWriter.text(of: exemplar.value))
                        writer.key("timestamp")
                        writer.number(Double(exemplar.timestamp) / 1000)
                    }
                }
            }
        }
    }
}
