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

/// How the lines of a group are read for a plan: from columns, without the lines.
struct GroupReading {
    private let fields: [ShapeFields.Field]
    /// The columns that fields are made of, by variable.
    private let columns: [Int: LogStringColumn]
    private let skipsEmpty: Bool
    private let isParsed: Bool
    /// The values of the label that is unwrapped, by row, where they stand in a column of numbers: no texts are made of them.
    let numbers: LogNumberColumn?
    private let numberVariable: Int?
    /// What samples depend on beside fields.
    private let streamKey: [UInt8]

    /// Nil where the lines must be parsed one by one.
    init?(_ group: any LogRowGroup, of stream: Labels, _ plan: ColumnPlan) throws {
        let texts = group.texts
        let found: ShapeFields?
        switch plan.parser {
        case nil: found = ShapeFields(fields: [])
        case .json: found = ShapeFields.json(texts, try GroupReading.kinds(group))
        case .logfmt: found = ShapeFields.logfmt(texts, try GroupReading.kinds(group))
        case .pattern(let pattern): found = try ShapePattern(texts) { try group.bytes(of: $0) }.fields(pattern)
        }
        guard let found, found.fields.count < EntryLabels.maximumCount / 2 else { return nil }
        isParsed = plan.parser != nil
        if case .logfmt? = plan.parser { skipsEmpty = true } else { skipsEmpty = false }
        // A parsed name that the stream has goes by another.
        fields = found.fields.filter {
            plan.needed.contains($0.name) || plan.needed.contains(EntryLabels.extracted($0.name))
        }
        let relevant = stream.labels.filter {
            plan.needed.contains($0.name) || plan.needed.contains(EntryLabels.extracted($0.name))
        }
        streamKey = Array((plan.parser == nil ? stream : Labels(sorted: relevant)).description.utf8) + [0]
        let unwrapped = try GroupReading.numbers(group, of: stream, plan, fields)
        (numberVariable, numbers) = (unwrapped?.variable, unwrapped?.values)
        var columns: [Int: LogStringColumn] = [:]
        for field in fields {
            for case .variable(let index) in field.pieces where columns[index] == nil && index != numberVariable {
                columns[index] = try group.strings(of: index)
            }
        }
        self.columns = columns
    }

    /// The column that is unwrapped, where it is one of numbers, and the label's name is no other's.
    private static func numbers(
        _ group: any LogRowGroup, of stream: Labels, _ plan: ColumnPlan, _ fields: [ShapeFields.Field]
    ) throws -> (variable: Int, values: LogNumberColumn)? {
        guard let name = plan.number, stream[name] == nil, group.metadata == nil,
            let field = fields.first(where: { $0.name == name }), case .variable(let variable)? = field.pieces.first,
            field.pieces.count == 1, !fields.contains(where: { $0.name != name && $0.pieces.contains(.variable(variable)) }),
            let values = try group.numbers(of: variable), (0..<group.count).allSatisfy({ values.isExact($0) })
        else { return nil }
        return (variable, values)
    }

    private static func kinds(_ group: any LogRowGroup) throws -> [VariableKind] {
        try (0..<group.variableCount).map { try VariableKind(of: $0, in: group) }
    }

    /// Adds the fields of a row, as the parser would; the number that is unwrapped is any.
    func parse(_ row: Int, into labels: inout EntryLabels) {
        guard isParsed else { return }
        labels.beginStage()
        for field in fields {
            var bytes: [UInt8] = []
            append(field, ofRow: row, to: &bytes)
            if skipsEmpty, bytes.isEmpty { continue }
            labels.parsed(
                field.name,
                field.isQuoted ? JSONText.unescape(bytes[...]) : String(decoding: bytes, as: UTF8.self))
        }
    }

    /// All that the sample of a row without metadata depends on; nil where there are no fields.
    func key(ofRow row: Int) -> [UInt8]? {
        guard !fields.isEmpty else { return nil }
        var key = streamKey
        for field in fields {
            key.append(field.isQuoted ? 1 : 0)
            key += field.name.utf8
            key.append(0)
            let start = key.count
            append(field, ofRow: row, to: &key)
            let length = key.count - start
            for shift in stride(from: 0, to: 32, by: 8) { key.append(UInt8(truncatingIfNeeded: length >> shift)) }
        }
        return key
    }

    private func append(_ field: ShapeFields.Field, ofRow row: Int, to bytes: inout [UInt8]) {
        for piece in field.pieces {
            switch piece {
            case .text(let text): bytes += text
            case .variable(numberVariable): bytes.append(UInt8(ascii: "0"))
            case .variable(let index):
                if let column = columns[index] { bytes += column.text(ofRow: row) }
            }
        }
    }

    /// Numbers by row that are equal where all texts of the fields are, none where there are no texts; nil where there are more of them than can be told apart so.
    func keys(rows: Int) -> [Int]? {
        if columns.isEmpty { return [] }
        var keys = [Int](repeating: 0, count: rows)
        for column in columns.values {
            let (limit, overflow) = column.ends.count.multipliedReportingOverflow(by: (keys.max() ?? 0) + 1)
            guard !overflow, limit < Int.max / 2 else { return nil }
            for row in keys.indices { keys[row] = keys[row] * column.ends.count + Int(column.ids[row]) }
        }
        return keys
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
