import Telemetry

/// Warnings and infos of a query, each once.
struct Notes {
    private(set) var warnings: [String] = []
    private(set) var infos: [String] = []
    /// Most notes of each kind that are kept.
    static let maximum = 10

    mutating func warn(_ text: String, at position: SourcePosition) {
        let note = "PromQL warning: \(text) (\(position))"
        if warnings.count < Notes.maximum, !warnings.contains(note) { warnings.append(note) }
    }

    mutating func inform(_ text: String, at position: SourcePosition) {
        let note = "PromQL info: \(text) (\(position))"
        if infos.count < Notes.maximum, !infos.contains(note) { infos.append(note) }
    }

    /// Adds what another part of the query has to say.
    mutating func add(_ other: Notes) {
        for note in other.warnings where warnings.count < Notes.maximum && !warnings.contains(note) { warnings.append(note) }
        for note in other.infos where infos.count < Notes.maximum && !infos.contains(note) { infos.append(note) }
    }

    mutating func add(_ note: HistogramNote, metric name: String, at position: SourcePosition) {
        let text = note.text(metric: name)
        if note.isWarning { warn(text, at: position) } else { inform(text, at: position) }
    }
}

/// What may be said of an operation on histograms. The texts are those of Prometheus, as users search for them.
enum HistogramNote: Hashable, Sendable {
    /// What histograms were brought together for.
    enum Operation: String, Sendable { case addition, subtraction, aggregation }

    case mixedWithFloats
    case mixedWithFloatsInAggregation
    case mixedWithClassic
    case mixedSchemas
    case notCounter
    case notGauge
    case conflictingResets(Operation)
    case reconciledBounds(Operation)
    case ignoredInRange
    case ignoredInAggregation(String)
    case ignoredInSort
    case incompatibleTypes(operator: String, left: String, right: String)
    case incompatibleLayouts(operator: String)
    case quantileIsNaN
    case quantileIsSkewed
    case fractionHasNaN

    var isWarning: Bool {
        switch self {
        case .reconciledBounds, .ignoredInRange, .ignoredInAggregation, .ignoredInSort, .incompatibleTypes, .quantileIsNaN,
            .quantileIsSkewed, .fractionHasNaN:
            false
        default: true
        }
    }

    func text(metric name: String) -> String {
        let named = " for metric name \(StringLiteral.quoted(name))"
        return switch self {
        case .mixedWithFloats: "encountered a mix of histograms and floats" + named
        case .mixedWithFloatsInAggregation: "encountered a mix of histograms and floats for aggregation"
        case .mixedWithClassic: "vector contains a mix of classic and native histograms" + named
        case .mixedSchemas:
            "vector contains a mix of histograms with exponential and custom buckets schemas" + named
        case .notCounter: "this native histogram metric is not a counter: \(StringLiteral.quoted(name))"
        case .notGauge: "this native histogram metric is not a gauge: \(StringLiteral.quoted(name))"
        case .conflictingResets(let operation): "conflicting counter resets during histogram \(operation.rawValue)"
        case .reconciledBounds(let operation): "mismatched custom buckets were reconciled during \(operation.rawValue)"
        case .ignoredInRange: "ignored histograms in a range containing both floats and histograms" + named
        case .ignoredInAggregation(let aggregator): "ignored histogram in \(aggregator) aggregation"
        case .ignoredInSort: "ignored histograms in a sort"
        case .incompatibleTypes(let op, let left, let right):
            "incompatible sample types encountered for binary operator \"\(op)\": \(left) \(op) \(right)"
        case .incompatibleLayouts(let op): "incompatible bucket layout encountered for binary operator \"\(op)\""
        case .quantileIsNaN: "input to histogram_quantile has NaN observations, result is NaN" + named
        case .quantileIsSkewed: "input to histogram_quantile has NaN observations, result is skewed higher" + named
        case .fractionHasNaN: "input to histogram_fraction has NaN observations, which are in no bucket" + named
        }
    }
}
