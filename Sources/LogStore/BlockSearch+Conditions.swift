import Telemetry

extension BlockSearch {
    /// Which values of a column hold a condition; nil where none does.
    /// - Parameter text: the rows that the column belongs to.
    func values(holding condition: StraddlingSearch.Condition, _ text: ShapedRows) throws(LogStoreError) -> RowSelection? {
        let description = try reader.descriptions()[condition.column]
        guard description.count > 0 else { return nil }
        let bytes = condition.bytes
        switch description.type {
        case .strings(let repeated, let single, let shaped):
            return try texts(of: condition, repeated, single, shaped)
        case .numbers, .hexadecimal:
            let wanted = Needle(bytes)
            guard !bytes.isEmpty, wanted.mayStand(in: description) else { return nil }
            let column = try reader.column(condition.column)
            return column.values { _ in
                0
            } where: {
                condition.holds($0)
            }
        case .time:
            guard !bytes.isEmpty, ByteSet(bytes).isSubset(of: try reader.bytes(ofColumn: condition.column)) else { return nil }
            let times = try reader.times()
            var ofValues = [Nanoseconds](repeating: 0, count: description.count)
            text.forEachValue(of: [condition.column]) { row, _, place in ofValues[place] = times[row] }
            let column = try reader.column(condition.column)
            return column.values {
                ofValues[$0]
            } where: {
                condition.holds($0)
            }
        }
    }

    private func texts(
        of condition: StraddlingSearch.Condition, _ repeated: Int, _ single: Int, _ shaped: Int
    ) throws(LogStoreError) -> RowSelection? {
        guard try reader.trigrams().mayContain(condition.bytes) else { return nil }
        let texts = try reader.outline(condition.column)
        var distinct = RowSelection(count: repeated + single)
        for id in 0..<texts.count where condition.holds(texts.bytes[texts.range(of: id)]) { distinct.insert(id) }
        if shaped > 0 {
            try rows(of: reader.text(shaped), holding: condition).forEach { distinct.insert(repeated + $0) }
        }
        return distinct.isEmpty ? nil : RowSelection(of: try reader.ids(ofTexts: condition.column), in: distinct)
    }

    /// The values that a column cut again which hold a condition. Most shapes tell by their first or last constant text.
    private func rows(
        of text: ShapedRows, holding condition: StraddlingSearch.Condition
    ) throws(LogStoreError) -> RowSelection {
        let verdicts = text.shapes.map { condition.verdict(on: $0) }
        var result = RowSelection(of: text.ids, in: RowSelection(verdicts.map { $0 == true }))
        guard zip(verdicts, text.counts).contains(where: { $0 == nil && $1 > 0 }) else { return result }
        let uncertain = RowSelection(of: text.ids, in: RowSelection(verdicts.map { $0 == nil }))
        result.formUnion(try text.rows(among: uncertain, times: nil) { condition.holds($0) })
        return result
    }
}

extension StraddlingSearch.Condition {
    func holds(_ value: ArraySlice<UInt8>) -> Bool {
        switch kind {
        case .prefix: value.starts(with: bytes)
        case .suffix: value.count >= bytes.count && value.suffix(bytes.count).elementsEqual(bytes)
        case .equal: value.elementsEqual(bytes)
        }
    }

    /// Whether all texts of a shape hold it, or none does; nil where that depends on their variables.
    func verdict(on shape: LineShape) -> Bool? {
        guard let first = shape.literals.first, let last = shape.literals.last else { return nil }
        if shape.slots.isEmpty { return holds(first[...]) }
        switch kind {
        case .prefix:
            if first.count >= bytes.count { return first.starts(with: bytes) }
            return bytes.starts(with: first) ? nil : false
        case .suffix:
            if last.count >= bytes.count { return last.endsWith(bytes[...]) }
            return bytes.endsWith(last[...]) ? nil : false
        case .equal:
            let isLongEnough = bytes.count >= shape.literals.reduce(0) { $0 + $1.count }
            return isLongEnough && bytes.starts(with: first) && bytes.endsWith(last[...]) ? nil : false
        }
    }
}

extension Column {
    /// The values that pass, written out; nil where none does. Not for texts.
    /// - Parameter time: that of the entry of a value.
    func values(_ time: (Int) -> Nanoseconds, where passes: (ArraySlice<UInt8>) -> Bool) -> RowSelection? {
        var result: RowSelection?
        var buffer: [UInt8] = []
        for index in 0..<description.count {
            buffer.removeAll(keepingCapacity: true)
            append(index, time: time(index), to: &buffer)
            guard passes(buffer[...]) else { continue }
            if result == nil { result = RowSelection(count: description.count) }
            result?.insert(index)
        }
        return result
    }
}

extension [UInt8] {
    func endsWith(_ part: ArraySlice<UInt8>) -> Bool { count >= part.count && suffix(part.count).elementsEqual(part) }
}
