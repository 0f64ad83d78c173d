import Parsing
import Telemetry

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
    private let stream: Labels
    /// The distinct values of the only column, where those are numbers, and which of them each row has.
    let distinctNumbers: [Int64]
    private let numberIDs: [Int32]

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
        self.stream = stream
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
        let only = columns.count == 1 ? columns.first?.value : nil
        distinctNumbers = only?.numbers?.numbers ?? []
        numberIDs = only?.ids ?? []
    }

    /// The column that is unwrapped, where it is one of numbers, and the label's name is no other's.
    private static func numbers(
        _ group: any LogRowGroup, of stream: Labels, _ plan: ColumnPlan, _ fields: [ShapeFields.Field]
    ) throws -> (variable: Int, values: LogNumberColumn)? {
        guard let name = plan.number, stream[name] == nil, group.metadata == nil,
            let field = fields.first(where: { $0.name == name }), case .variable(let variable)? = field.pieces.first,
            field.pieces.count == 1, !fields.contains(where: { $0.name != name && $0.pieces.contains(.variable(variable)) }),
            let values = try group.numbers(of: variable), values.isExact
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
            guard let value = value(of: field, row) else { continue }
            labels.parsed(field.name, value)
        }
    }

    /// Nil where the parser leaves the field out.
    private func value(of field: ShapeFields.Field, _ row: Int) -> String? {
        var bytes: [UInt8] = []
        append(field, ofRow: row, to: &bytes)
        if skipsEmpty, bytes.isEmpty { return nil }
        return field.isQuoted ? JSONText.unescape(bytes[...]) : String(decoding: bytes, as: UTF8.self)
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

    // MARK: Labels without stages

    /// Where the labels of a grouping come from, for rows without metadata of which nothing else is asked; nil where names meet.
    func labelSources(_ names: [String]) -> LabelSources? {
        guard fields.allSatisfy({ stream[$0.name] == nil }) else { return nil }
        let sources = Set(names).sorted().compactMap { name -> LabelSources.Source? in
            if let value = stream[name] { return .stream(Label(name, value)) }
            return fields.firstIndex { $0.name == name }.map { .field($0) }
        }
        return LabelSources(sources: sources)
    }

    /// What ``labelSources(_:)`` gives for a row.
    func labels(_ sources: LabelSources, ofRow row: Int) -> Labels {
        Labels(
            sorted: sources.sources.compactMap { source in
                switch source {
                case .stream(let label): label
                case .field(let index): value(of: fields[index], row).map { Label(fields[index].name, $0) }
                }
            })
    }

    /// Whether the only column stands in a label, so that different values make different labels.
    func tellsNumber(_ sources: LabelSources) -> Bool {
        sources.sources.contains { source in
            guard case .field(let index) = source else { return false }
            return fields[index].pieces.contains {
                if case .variable(let variable) = $0 { columns[variable] != nil } else { false }
            }
        }
    }

    struct LabelSources {
        enum Source {
            case stream(Label)
            case field(Int)
        }

        var sources: [Source]
    }

    // MARK: What rows have in common

    /// The number that the fields of a row are told by among those of equal ``numberForm``.
    func number(ofRow row: Int) -> Int64 { distinctNumbers[Int(numberIDs[row])] }

    /// All that the samples of rows told by numbers depend on beside the number; nil where they are not.
    var numberForm: [UInt8]? {
        guard columns.count == 1, let column = columns.first, let numbers = column.value.numbers else { return nil }
        var key = streamKey + Array(numbers.form.utf8) + [0]
        for field in fields {
            append(nameOf: field, to: &key)
            for piece in field.pieces {
                switch piece {
                case .text(let text):
                    key.append(1)
                    append(text[...], length: text.count, to: &key)
                case .variable(column.key): key.append(2)
                case .variable: key.append(3)
                }
            }
            key.append(0)
        }
        return key
    }

    /// All that the sample of a row without metadata depends on; nil where there are no fields.
    func key(ofRow row: Int) -> [UInt8]? {
        guard !fields.isEmpty else { return nil }
        var key = streamKey
        for field in fields {
            append(nameOf: field, to: &key)
            let start = key.count
            append(field, ofRow: row, to: &key)
            append([], length: key.count - start, to: &key)
        }
        return key
    }

    private func append(nameOf field: ShapeFields.Field, to key: inout [UInt8]) {
        key.append(field.isQuoted ? 1 : 0)
        key += field.name.utf8
        key.append(0)
    }

    private func append(_ text: ArraySlice<UInt8>, length: Int, to key: inout [UInt8]) {
        key += text
        for shift in stride(from: 0, to: 32, by: 8) { key.append(UInt8(truncatingIfNeeded: length >> shift)) }
    }

    /// Numbers by row that are equal where all texts of the fields are, from 0; none where there are no texts.
    func keys(rows: Int) -> [Int32] {
        var columns = columns.sorted { $0.key < $1.key }.map(\.value)[...]
        guard let first = columns.popFirst() else { return [] }
        var (keys, count) = (first.ids, first.distinctCount)
        for column in columns {
            let width = column.distinctCount
            var table = DistinctNumbers(expecting: min(rows, count * width))
            for row in keys.indices {
                keys[row] = table.place(of: Int64(keys[row]) * Int64(width) + Int64(column.ids[row]))
            }
            count = table.numbers.count
        }
        return keys
    }
}
