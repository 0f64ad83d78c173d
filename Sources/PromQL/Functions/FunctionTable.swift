import Telemetry

/// What a function takes and yields, and how it is computed.
struct FunctionDefinition: Sendable {
    /// The way a function is computed.
    enum Implementation: Sendable {
        /// From one value at a time and the scalars behind it. Drops the metric's name.
        case element(@Sendable (Double, [Double]) -> Double)
        /// A number from one histogram at a time.
        case histogram(@Sendable (NativeHistogram) -> Double)
        /// From the samples of a window and the scalars beside it.
        case window(WindowFunction)
        /// By code of its own in the evaluator.
        case special(SpecialFunction)
    }

    var parameters: [ValueType]
    /// How many parameters, counted from the end, may be left out.
    var optional = 0
    /// Whether the last parameter may be given any number of times.
    var repeatsLast = false
    var returns: ValueType = .vector
    var implementation: Implementation
}

/// Functions that need more than values.
enum SpecialFunction: Sendable {
    case absent, absentOverTime, scalar, vector, time, timestamp, startTimestamp, pi, info
    case histogramQuantile, histogramQuantiles, histogramFraction
    case labelReplace, labelJoin
    case sort, sortDescending, sortByLabel, sortByLabelDescending
    case start, end, step, range
    case minimumOf, maximumOf
}

/// All functions by name.
enum FunctionTable {
    static func named(_ name: String) -> FunctionDefinition? { table[name] }

    /// All names.
    static var names: [String] { table.keys.sorted() }

    private static let table: [String: FunctionDefinition] =
        [elementFunctions, windowFunctions, specialFunctions, histogramFunctions]
        .reduce(into: [:]) { table, functions in table.merge(functions) { first, _ in first } }

    private static let histogramFunctions: [String: FunctionDefinition] = [
        "histogram_count": histogram { $0.count },
        "histogram_sum": histogram { $0.sum },
        "histogram_avg": histogram { $0.sum / $0.count },
        "histogram_stddev": histogram { $0.variance.squareRoot() },
        "histogram_stdvar": histogram { $0.variance },
    ]

    private static func histogram(_ number: @escaping @Sendable (NativeHistogram) -> Double) -> FunctionDefinition {
        FunctionDefinition(parameters: [.vector], implementation: .histogram(number))
    }

    private static let windowFunctions = WindowFunction.table.mapValues { window in
        FunctionDefinition(
            parameters: window.scalarsBefore + [.range] + window.scalarsAfter, implementation: .window(window))
    }

    private static let specialFunctions: [String: FunctionDefinition] = [
        "absent": special(.absent, [.vector]),
        "absent_over_time": special(.absentOverTime, [.range]),
        "scalar": special(.scalar, [.vector], returns: .scalar),
        "vector": special(.vector, [.scalar]),
        "time": special(.time, [], returns: .scalar),
        "pi": special(.pi, [], returns: .scalar),
        "start": special(.start, [], returns: .scalar),
        "end": special(.end, [], returns: .scalar),
        "step": special(.step, [], returns: .scalar),
        "range": special(.range, [], returns: .scalar),
        "min_of": special(.minimumOf, [.scalar, .scalar], returns: .scalar),
        "max_of": special(.maximumOf, [.scalar, .scalar], returns: .scalar),
        "timestamp": special(.timestamp, [.vector]),
        "start_timestamp": special(.startTimestamp, [.vector]),
        "info": special(.info, [.vector, .vector], optional: 1),
        "histogram_quantile": special(.histogramQuantile, [.scalar, .vector]),
        "histogram_quantiles": special(.histogramQuantiles, [.vector, .string, .scalar], repeatsLast: true),
        "histogram_fraction": special(.histogramFraction, [.scalar, .scalar, .vector]),
        "label_replace": special(.labelReplace, [.vector, .string, .string, .string, .string]),
        "label_join": special(.labelJoin, [.vector, .string, .string, .string], optional: 1, repeatsLast: true),
        "sort": special(.sort, [.vector]),
        "sort_desc": special(.sortDescending, [.vector]),
        "sort_by_label": special(.sortByLabel, [.vector, .string], optional: 1, repeatsLast: true),
        "sort_by_label_desc": special(.sortByLabelDescending, [.vector, .string], optional: 1, repeatsLast: true),
    ]

    private static func special(
        _ function: SpecialFunction, _ parameters: [ValueType], optional: Int = 0, repeatsLast: Bool = false,
        returns: ValueType = .vector
    ) -> FunctionDefinition {
        FunctionDefinition(
            parameters: parameters, optional: optional, repeatsLast: repeatsLast, returns: returns,
            implementation: .special(function))
    }
}
