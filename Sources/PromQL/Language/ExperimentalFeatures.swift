/// What Prometheus holds back behind flags, as its meaning may still change there.
enum ExperimentalFeatures {
    private static let functions: Set<String> = [
        "double_exponential_smoothing", "end", "first_over_time", "histogram_quantiles", "info", "mad_over_time", "max_of",
        "min_of", "range", "sort_by_label", "sort_by_label_desc", "start", "start_timestamp", "step", "ts_of_first_over_time",
        "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
    ]

    /// Refuses a query that uses any of it.
    static func refuse(in expression: Expression) throws(PromQLError) {
        if let name = name(of: expression) {
            throw PromQLError(
                .unsupported, "\(name) is experimental, and that is off here (metrics.experimental-functions)",
                at: expression.position)
        }
        for child in expression.kind.children { try refuse(in: child) }
    }

    private static func name(of expression: Expression) -> String? {
        switch expression.kind {
        case .call(let name, _): functions.contains(name) ? name : nil
        case .aggregation(let aggregation):
            aggregation.aggregator == .limitk || aggregation.aggregator == .limitRatio ? aggregation.aggregator.rawValue : nil
        case .binary(let operation): operation.matching.fill == nil ? nil : "fill"
        case .selector(let selector): selector.reach?.rawValue ?? name(of: selector.shift.offset)
        case .range(let selector, let window):
            selector.reach?.rawValue ?? name(of: selector.shift.offset) ?? name(of: window)
        case .subquery(let subquery):
            name(of: subquery.window) ?? name(of: subquery.step) ?? name(of: subquery.shift.offset)
        case .number, .string, .unary, .parenthesized: nil
        }
    }

    private static func name(of duration: DurationExpression?) -> String? {
        duration == nil || duration?.literalSeconds != nil ? nil : "arithmetic on durations"
    }
}
