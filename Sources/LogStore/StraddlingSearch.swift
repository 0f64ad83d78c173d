import Telemetry

/// Finds the rows in which a needle begins or ends inside a variable and goes on in constant text, without rebuilding lines.
///
/// Where the constant text of a shape leaves room for it, the needle is laid over the shape, which leaves conditions on the variables that it
/// touches: one ends with its beginning, one begins with its end, those between are equal to what stands there.
///
/// ```
/// needle  " 404 1          shape  · "·" · · "·"       conditions  third variable = 404, fourth begins with 1
/// ```
struct StraddlingSearch {
    /// What a variable must hold.
    struct Condition: Hashable {
        enum Kind { case prefix, suffix, equal }

        var column: Int
        var kind: Kind
        var bytes: [UInt8]
    }

    /// Conditions looked at for one shape before its rows are rebuilt instead.
    static let maximumConditions = 500

    private let search: BlockSearch
    private let number: Int
    private let text: ShapedRows
    private let needle: Needle
    /// Values that hold, where it is known; nil where none does.
    private var known: [Condition: RowSelection?] = [:]
    /// Shapes whose rows have the needle where all of some conditions hold.
    private var found: [[Condition]: [Bool]] = [:]
    private var looked = 0

    /// - Parameter number: of the text, 0 for the lines.
    init(_ search: BlockSearch, _ number: Int, _ text: ShapedRows, _ needle: Needle) {
        self.search = search
        self.number = number
        self.text = text
        self.needle = needle
    }

    /// Adds the rows of some shapes.
    mutating func insertRows(ofShapes wanted: [Bool], into result: inout RowSelection) throws(LogStoreError) {
        var rebuilt = [Bool](repeating: false, count: wanted.count)
        for shape in wanted.indices where wanted[shape] && text.counts[shape] > 0 {
            looked = 0
            try look(at: shape)
            rebuilt[shape] = looked > StraddlingSearch.maximumConditions
        }
        for (conditions, shapes) in found {
            var rows: RowSelection?
            for condition in conditions {
                guard let values = try values(condition) else { continue }
                let own = text.rows(ofValues: values, in: condition.column, shapes: shapes)
                if rows == nil { rows = own } else { rows?.formIntersection(own) }
            }
            if let rows { result.formUnion(rows) }
        }
        if rebuilt.contains(true) { try rebuild(rebuilt, into: &result) }
    }

    // MARK: The needle over a shape

    private mutating func look(at shape: Int) throws(LogStoreError) {
        let (bytes, literals) = (needle.bytes, text.shapes[shape].literals)
        for slot in text.shapes[shape].slots.indices {
            for cut in 1..<max(1, bytes.count) {
                if literals[slot].endsWith(bytes[..<cut]) { try goOn(inVariable: slot, of: shape, from: cut, []) }
                let next = literals[slot + 1]
                guard next.starts(with: bytes[cut...].prefix(next.count)) else { continue }
                guard let condition = try condition(.suffix, bytes[..<cut], slot, shape) else { continue }
                try goOn(inText: slot + 1, of: shape, from: cut, [condition])
            }
        }
    }

    /// The rest of the needle, from `start`, begins where a variable does.
    private mutating func goOn(
        inVariable slot: Int, of shape: Int, from start: Int, _ conditions: [Condition]
    ) throws(LogStoreError) {
        let bytes = needle.bytes
        if let last = try condition(.prefix, bytes[start...], slot, shape) { note(conditions + [last], shape) }
        let next = text.shapes[shape].literals[slot + 1]
        for end in start..<bytes.count where next.starts(with: bytes[end...].prefix(next.count)) {
            guard let whole = try condition(.equal, bytes[start..<end], slot, shape) else { continue }
            try goOn(inText: slot + 1, of: shape, from: end, conditions + [whole])
        }
    }

    /// The rest of the needle, from `start`, begins where a constant text does, and is known to agree with it.
    private mutating func goOn(
        inText index: Int, of shape: Int, from start: Int, _ conditions: [Condition]
    ) throws(LogStoreError) {
        let length = text.shapes[shape].literals[index].count
        if needle.bytes.count - start <= length { return note(conditions, shape) }
        guard index < text.shapes[shape].slots.count else { return }
        try goOn(inVariable: index, of: shape, from: start + length, conditions)
    }

    private mutating func note(_ conditions: [Condition], _ shape: Int) {
        found[conditions, default: [Bool](repeating: false, count: text.shapes.count)][shape] = true
    }

    /// The condition, nil where no value of the column holds it.
    private mutating func condition(
        _ kind: Condition.Kind, _ bytes: ArraySlice<UInt8>, _ slot: Int, _ shape: Int
    ) throws(LogStoreError) -> Condition? {
        guard looked <= StraddlingSearch.maximumConditions else { return nil }
        var slot = slot
        if case .same(let earlier) = text.shapes[shape].slots[slot] { slot = earlier }
        guard let column = text.column(of: slot, inShape: shape) else { throw .corrupt("a repetition of a repetition") }
        let condition = Condition(column: column, kind: kind, bytes: Array(bytes))
        looked += 1
        return try values(condition) == nil ? nil : condition
    }

    // MARK: Values that hold a condition

    private mutating func values(_ condition: Condition) throws(LogStoreError) -> RowSelection? {
        if let values = known[condition] { return values }
        let values = try search.values(holding: condition, text)
        known.updateValue(values, forKey: condition)
        return values
    }

    private func rebuild(_ shapes: [Bool], into result: inout RowSelection) throws(LogStoreError) {
        let selected = RowSelection(of: text.ids, in: RowSelection(shapes))
        let times = number == 0 ? try search.reader.times() : nil
        result.formUnion(try text.rows(among: selected, times: times) { needle.isContained(in: $0) })
    }
}
