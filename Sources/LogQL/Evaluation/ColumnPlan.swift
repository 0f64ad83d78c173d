import Parsing
import Telemetry

/// How a range aggregation can be answered from columns: times, and the fields that it looks at.
///
/// Nil for one that needs whole lines: line filters other than a literal, other parsers than bare `json` or `logfmt` and `pattern`, stages that
/// change lines or labels, bytes of lines, or a result with all labels that were parsed.
struct ColumnPlan {
    enum Parser {
        case json, logfmt
        case pattern(PatternExpression)
    }

    let parser: Parser?
    /// What is done to an entry's labels behind the parser.
    let filters: Pipeline
    /// Labels that anything looks at.
    let needed: Set<String>
    /// The label that is unwrapped as the number it is, where nothing else looks at it.
    let number: String?
    /// The stages of a line that is read as a whole.
    let pipeline: Pipeline

    init?(_ aggregation: RangeAggregation) {
        guard aggregation.operation != .bytes, aggregation.operation != .bytesRate else { return nil }
        pipeline = Pipeline(aggregation.log.stages)
        var needed = Set(aggregation.unwrap.map { [$0.label] } ?? [])
        var parser: Parser?
        var filters: [Stage] = []
        var filtered: Set<String> = []
        for stage in aggregation.log.stages {
            switch stage {
            case .lineFilter(let filter) where parser == nil && filters.isEmpty && filter.isOneLiteral:
                continue
            case .json(let labels) where labels.isEmpty && parser == nil: parser = .json
            case .logfmt(strict: false, keepEmpty: false, let labels)
            where labels.isEmpty && parser == nil: parser = .logfmt
            case .pattern(let pattern) where parser == nil: parser = .pattern(pattern)
            case .labelFilter(let filter):
                filter.addNames(to: &filtered)
                filters.append(stage)
            default: return nil
            }
        }
        for stage in aggregation.stagesAfterUnwrap {
            guard case .labelFilter(let filter) = stage else { return nil }
            filter.addNames(to: &filtered)
        }
        needed.formUnion(filtered)
        if parser != nil {
            guard let grouping = aggregation.grouping, !grouping.isWithout else { return nil }
            needed.formUnion(grouping.labels)
        }
        let isConverted = aggregation.unwrap.map { $0.conversion != .number } ?? true
        let isLookedAt =
            aggregation.unwrap.map { filtered.contains($0.label) || aggregation.grouping?.labels.contains($0.label) ?? true }
            ?? true
        number = isConverted || isLookedAt ? nil : aggregation.unwrap?.label
        self.parser = parser
        self.filters = Pipeline(filters)
        self.needed = needed
    }
}

extension LineFilter {
    /// Whether it asks for one literal, which a source finds by itself.
    var isOneLiteral: Bool {
        guard !isNegated, conditions.count == 1, case .contains = conditions[0] else { return false }
        return true
    }
}

extension LabelFilter {
    /// Adds the labels that it looks at.
    func addNames(to names: inout Set<String>) {
        switch self {
        case .string(let matcher): names.insert(matcher.name)
        case .quantity(let name, _, _, _), .address(let name, _, _): names.insert(name)
        case .and(let left, let right), .or(let left, let right):
            left.addNames(to: &names)
            right.addNames(to: &names)
        }
    }
}
