import Telemetry

/// A column of a block, decoded.
final class Column {
    let description: ColumnDescription
    /// Numbers, or differences of times.
    let numbers: [Int64]
    /// Digits of identifiers, packed; or distinct texts one after the other.
    let bytes: [UInt8]
    /// Where each distinct text ends.
    let ends: [Int]
    /// Distinct numbers, where the column is stored so; one may stand there twice.
    let distinctNumbers: [Int64]
    /// By row: its distinct text or number; empty where they are not stored so.
    let ids: [Int64]

    private static let lowerDigits = Array("0123456789abcdef".utf8)
    private static let upperDigits = Array("0123456789ABCDEF".utf8)

    /// Reads a column of numbers, times or identifiers.
    init(_ description: ColumnDescription, values: [UInt8]) throws(LogStoreError) {
        self.description = description
        var reader = ByteReader(values[...])
        var ids: [Int64] = []
        var distinct: [Int64] = []
        switch description.type {
        case .numbers, .time:
            (distinct, ids) = try IntegerColumn.decodeDistinct(description.count, ofColumn: &reader)
            numbers = ids.isEmpty ? distinct : ids.map { distinct[Int($0)] }
            if ids.isEmpty { distinct = [] }
            bytes = []
        case .hexadecimal(let digits, _):
            numbers = []
            bytes = Array(try reader.take(description.count * ((digits + 1) / 2)))
        case .strings:
            throw .corrupt("a column of texts lacks its ids")
        }
        ends = []
        self.ids = ids
        distinctNumbers = distinct
    }

    /// Reads a column of texts.
    /// - Parameter shaped: the values seen once, where they are cut into shapes; without them, only the repeated ones are there.
    init(_ description: ColumnDescription, values: [UInt8], ids idSection: [UInt8], shaped: DecodedTexts?) throws(LogStoreError) {
        self.description = description
        guard case .strings(let repeated, let single, let shapedText) = description.type else {
            throw .corrupt("ids of a column without texts")
        }
        var reader = ByteReader(values[...])
        var bytes: [UInt8] = []
        var ends: [Int] = []
        try Column.appendTexts(repeated, from: &reader, to: &bytes, &ends)
        if let shaped {
            guard shaped.ends.count == single else { throw .corrupt("\(shaped.ends.count) texts instead of \(single)") }
            let start = bytes.count
            bytes.append(contentsOf: shaped.bytes)
            for end in shaped.ends { ends.append(start + end) }
        } else if shapedText == 0 {
            try Column.appendTexts(single, from: &reader, to: &bytes, &ends)
        }
        var idReader = ByteReader(idSection[...])
        var ids = try BitFrames.decode(description.count, from: &idReader)
        var next = Int64(repeated)
        for index in ids.indices {
            let id = ids[index]
            guard id >= 0, id <= repeated else { throw .corrupt("text \(id) of \(repeated)") }
            ids[index] = id == 0 ? next : id - 1
            if id == 0 { next += 1 }
        }
        guard next == repeated + single else { throw .corrupt("\(next) distinct texts instead of \(repeated + single)") }
        numbers = []
        distinctNumbers = []
        self.bytes = bytes
        self.ends = ends
        self.ids = ids
    }

    private static func appendTexts(
        _ count: Int, from reader: inout ByteReader, to bytes: inout [UInt8], _ ends: inout [Int]
    ) throws(LogStoreError) {
        var end = bytes.count
        let start = end
        for length in try IntegerColumn.decode(count, from: &reader) {
            guard length >= 0, length <= reader.remaining else { throw .corrupt("text of length \(length)") }
            end += Int(length)
            ends.append(end)
        }
        bytes.append(contentsOf: try reader.take(end - start))
    }

    /// Where a distinct text stands in ``bytes``.
    func text(_ id: Int) -> Range<Int> { (id == 0 ? 0 : ends[id - 1])..<ends[id] }

    /// Appends the value at `index` to a line.
    /// - Parameter time: that of the entry.
    func append(_ index: Int, time: Nanoseconds, to line: inout [UInt8]) {
        switch description.type {
        case .numbers(let form, _, _):
            form.append(numbers[index], to: &line)
        case .time(let form):
            form.append(form.units(of: time) &+ numbers[index], to: &line)
        case .hexadecimal(let digits, let isUpper):
            appendDigits(index, digits, isUpper ? Column.upperDigits : Column.lowerDigits, to: &line)
        case .strings:
            let range = text(Int(ids[index]))
            line.append(contentsOf: bytes[range])
        }
    }

    private func appendDigits(_ index: Int, _ count: Int, _ digits: [UInt8], to line: inout [UInt8]) {
        let start = index * ((count + 1) / 2)
        for place in 0..<count {
            let byte = bytes[start + place / 2]
            line.append(digits[Int(place & 1 == 0 ? byte >> 4 : byte & 15)])
        }
    }
}

/// Texts rebuilt, one after the other.
struct DecodedTexts {
    var bytes: [UInt8] = []
    var ends: [Int] = []
}
