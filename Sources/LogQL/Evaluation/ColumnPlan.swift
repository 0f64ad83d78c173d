import Parsing
import Telemetry

/// How a range aggregation can be answered from columns: times, and the fields that it looks at.
///
/// Nil for one that needs whole lines: line filters other than a literal, other parsers than bare `json` or `logfmt`, stages that
/// change lines or labels, bytes of lines, or a result with all labels that were parsed.
struct ColumnPlan {
    enum Parser { case json, logfmt }

    let parser: Parser?
    /// What is done to an entry's labels behind the parser.
    let filters: Pipeline
    /// Labels that anything looks at.
    let needed: Set<String>
    /// The stages of a line that is read as a whole.
    let pipeline: Pipeline

    init?(_ aggregation: RangeAggregation) {
        guard aggregation.operation != .bytes, aggregation.operation != .bytesRate else { return nil }
        pipeline = Pipeline(aggregation.log.stages)
        var needed = Set(aggregation.unwrap.map { [$0.label] } ?? [])
        var parser: Parser?
        var filters: [Stage] = []
        for stage in aggregation.log.stages {
            switch stage {
            case .lineFilter(let filter) where parser == nil && filters.isEmpty && filter.isOneLiteral: continue
            case .json(let labels) where labels.isEmpty && parser == nil: parser = .json
            case .logfmt(strict: false, keepEmpty: false, let labels) where labels.isEmpty && parser == nil: parser = .logfmt
            case .labelFilter(let filter):
                filter.addNames(to: &needed)
                filters.append(stage)
            default: return nil
            }
        }
        for stage in aggregation.stagesAfterUnwrap {
            guard case .labelFilter(let filter) = stage else { return nil }
            filter.addNames(to: &needed)
        }
        if parser != nil {
            guard let grouping = aggregation.grouping, !grouping.isWithout else { return nil }
            needed.formUnion(grouping.labels)
        }
        self.parser = parser
        self.filters = Pipeline(filters)
        self.needed = needed
    }

    /// How the lines of each shape are read.
    func readings(_ shapes: [LogLineShape]) -> [ShapeReading] { shapes.map { ShapeReading($0, self) } }
}

/// How lines of one shape are read for a plan.
struct ShapeReading {
    /// The fields wanted; nil where lines are parsed one by one.
    private let fields: [ShapeFields.Field]?
    /// Place of each variable in what is handed over.
    private var places: [Int: Int] = [:]
    private let skipsEmpty: Bool
    let wish: LogColumnWish

    init(_ shape: LogLineShape, _ plan: ColumnPlan) {
        skipsEmpty = plan.parser == .logfmt
        let found: ShapeFields?
        switch plan.parser {
        case nil: found = ShapeFields(fields: [])
        case .json: found = ShapeFields.json(shape)
        case .logfmt: found = ShapeFields.logfmt(shape)
        }
        guard let found, found.fields.count < EntryLabels.maximumCount / 2 else {
            fields = nil
            wish = .line
            return
        }
        // A parsed name that the stream has goes by another.
        let wanted = found.fields.filter { plan.needed.contains($0.name) || plan.needed.contains(EntryLabels.extracted($0.name)) }
        var variables: [Int] = []
        for field in wanted {
            for case .variable(let index) in field.pieces where places[index] == nil {
                places[index] = variables.count
                variables.append(index)
            }
        }
        fields = wanted
        wish = .variables(variables)
    }

    /// Whether a row's labels come of the texts handed over, rather than of a line.
    var isRead: Bool { fields != nil }

    /// Adds the fields of a row, as the parser would.
    func parse(_ row: borrowing LogColumnRow, into labels: inout EntryLabels) {
        guard let fields else { return }
        labels.beginStage()
        for field in fields {
            var bytes: [UInt8] = []
            for piece in field.pieces {
                switch piece {
                case .text(let text): bytes += text
                case .variable(let index): if let place = places[index] { bytes += row.text(place) }
                }
            }
            if skipsEmpty, bytes.isEmpty { continue }
            labels.parsed(
                field.name, field.isQuoted ? JSONText.unescape(bytes[...]) : String(decoding: bytes, as: UTF8.self))
        }
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
