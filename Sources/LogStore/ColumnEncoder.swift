/// Writes the values of one column in the cheapest of the types that keep every byte.
struct ColumnEncoder {
    /// Longest hexadecimal value kept as bytes.
    static let maximumHexadecimalDigits = 512
    static let leastHexadecimalDigits = 8
    /// Fewer values seen once than this are not worth shapes of their own.
    private static let leastShapedValues = 32
    /// Values seen once make a shape of their own where at least so many have it.
    private static let leastRowsOfShape = 4

    let bytes: [UInt8]

    /// Adds a column: its entry in the directory and its sections.
    func encode(_ column: ShapedText.Column, number: Int, depth: Int, into block: inout BlockBuilder) {
        if let form = column.time {
            var values = ByteWriter()
            IntegerColumn.encode(column.differences, into: &values)
            block.add(ColumnDescription(type: .time(form), count: column.differences.count), number, values.bytes)
        } else if let (form, numbers) = NumberForm.common(bytes, column.values) {
            var values = ByteWriter()
            IntegerColumn.encode(numbers, into: &values)
            let type = ColumnDescription.Kind.numbers(form, least: numbers.min() ?? 0, most: numbers.max() ?? 0)
            block.add(ColumnDescription(type: type, count: numbers.count), number, values.bytes)
        } else if !encodeHexadecimal(column.values, number, depth, into: &block) {
            encodeStrings(column.values, number, depth, into: &block)
        }
    }

    /// Packs identifiers of one length, two digits a byte; false where the values are none, or repeat too much for that to pay.
    private func encodeHexadecimal(_ values: [ValueRange], _ number: Int, _ depth: Int, into block: inout BlockBuilder) -> Bool {
        guard let digits = values.first.map({ Int($0.length) }), digits >= ColumnEncoder.leastHexadecimalDigits,
            digits <= ColumnEncoder.maximumHexadecimalDigits
        else { return false }
        var packed = ByteWriter()
        packed.bytes.reserveCapacity(values.count * (digits + 1) / 2)
        let span = bytes.span
        var isUpper = false
        var isLower = false
        for value in values {
            guard value.length == digits else { return false }
            var high: UInt8 = 0
            var hasHigh = false
            for index in value.range {
                let byte = span[index]
                var nibble = byte &- 0x30
                if nibble > 9 {
                    let letter = (byte | 0x20) &- 0x61
                    guard letter < 6 else { return false }
                    nibble = letter + 10
                    if byte & 0x20 == 0 { isUpper = true } else { isLower = true }
                }
                if hasHigh { packed.byte(high << 4 | nibble) }
                high = nibble
                hasHigh.toggle()
            }
            if hasHigh { packed.byte(high << 4) }
        }
        guard !(isUpper && isLower), mostlyDiffer(values) else { return false }
        if depth == 0 { for value in values { block.addWords(bytes, value.range) } }
        let type = ColumnDescription.Kind.hexadecimal(digits: digits, isUpper: isUpper)
        block.add(ColumnDescription(type: type, count: values.count), number, packed.bytes)
        return true
    }

    private func mostlyDiffer(_ values: [ValueRange]) -> Bool {
        let raw = unsafe bytes.span.bytes
        let first = values.prefix(512)
        return Set(first.map { Words.hash(raw, $0.range) }).count * 2 > first.count
    }

    private func encodeStrings(_ values: [ValueRange], _ number: Int, _ depth: Int, into block: inout BlockBuilder) {
        let distinct = DistinctValues(bytes, values)
        if depth == 0 { for value in distinct.values { block.addText(bytes, value.range) } }
        var section = ByteWriter()
        encode(distinct.repeated, into: &section)
        var shaped = 0
        if depth == 0, let text = shapes(of: distinct.single) {
            shaped = block.add(text, bytes, depth: 1)
        } else {
            encode(distinct.single, into: &section)
        }
        var ids = ByteWriter()
        BitFrames.encode(distinct.ids, into: &ids)
        let type = ColumnDescription.Kind.strings(
            repeated: distinct.repeated.count, single: distinct.single.count, shapedText: shaped)
        block.add(ColumnDescription(type: type, count: values.count), number, section.bytes, ids: ids.bytes)
    }

    private func shapes(of single: [ValueRange]) -> ShapedText? {
        guard single.count >= ColumnEncoder.leastShapedValues else { return nil }
        let text = ShapedText(
            bytes, single, times: nil, .tokens, leastRows: ColumnEncoder.leastRowsOfShape, takesAll: true)
        return text.wholeCount * 8 < single.count * 7 ? text : nil
    }

    private func encode(_ values: [ValueRange], into writer: inout ByteWriter) {
        IntegerColumn.encode(values.map { Int64($0.length) }, into: &writer)
        for value in values { writer.bytes.append(contentsOf: bytes[value.range]) }
    }
}

/// The distinct values of a column of texts.
private struct DistinctValues {
    /// Those that repeat, in order, so that values with a common start stand side by side and compress.
    private(set) var repeated: [ValueRange] = []
    /// Those seen once, in the order of their rows.
    private(set) var single: [ValueRange] = []
    /// By row: 0 for a value seen once, else its place among those that repeat + 1.
    private(set) var ids: [Int64] = []

    var values: [ValueRange] { repeated + single }

    init(_ bytes: [UInt8], _ values: [ValueRange]) {
        let span = bytes.span
        let raw = unsafe span.bytes
        var capacity = 64
        while capacity < values.count * 2 { capacity *= 2 }
        // Open addressing: place + 1 of the value.
        var table = [Int32](repeating: 0, count: capacity)
        var firsts: [ValueRange] = []
        var counts: [Int32] = []
        var places: [Int32] = []
        places.reserveCapacity(values.count)
        for value in values {
            var slot = Int(truncatingIfNeeded: Words.hash(raw, value.range)) & (capacity - 1)
            while true {
                let place = Int(table[slot]) - 1
                if place < 0 {
                    firsts.append(value)
                    counts.append(1)
                    table[slot] = Int32(firsts.count)
                    places.append(Int32(firsts.count - 1))
                    break
                }
                if DistinctValues.equal(raw, firsts[place], value) {
                    counts[place] += 1
                    places.append(Int32(place))
                    break
                }
                slot = (slot + 1) & (capacity - 1)
            }
        }
        let order = counts.indices.filter { counts[$0] > 1 }
            .sorted { DistinctValues.precedes(span, firsts[$0], firsts[$1]) }
        var idOfPlace = [Int64](repeating: 0, count: firsts.count)
        for (id, place) in order.enumerated() { idOfPlace[place] = Int64(id + 1) }
        repeated = order.map { firsts[$0] }
        single = counts.indices.filter { counts[$0] == 1 }.map { firsts[$0] }
        ids = places.map { idOfPlace[Int($0)] }
    }

    private static func equal(_ raw: RawSpan, _ left: ValueRange, _ right: ValueRange) -> Bool {
        guard left.length == right.length else { return false }
        if left.start == right.start { return true }
        let (a, b) = (raw.extracting(left.range), raw.extracting(right.range))
        var index = 0
        while index + 8 <= a.byteCount {
            let x = unsafe a.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let y = unsafe b.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            if x != y { return false }
            index += 8
        }
        while index < a.byteCount {
            let x = unsafe a.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            let y = unsafe b.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            if x != y { return false }
            index += 1
        }
        return true
    }

    private static func precedes(_ span: Span<UInt8>, _ left: ValueRange, _ right: ValueRange) -> Bool {
        let (a, b) = (left.range, right.range)
        for offset in 0..<min(a.count, b.count) {
            let (x, y) = (span[a.lowerBound + offset], span[b.lowerBound + offset])
            if x != y { return x < y }
        }
        return a.count < b.count
    }
}
