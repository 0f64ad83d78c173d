import Telemetry

/// A column of a block, decoded.
final class Column {
    let description: ColumnDescription
    /// Numbers, or differences of times: one a row, or where there are ids the distinct ones, of which one may stand there twice.
    let storedNumbers: [Int64]
    /// Digits of identifiers, packed.
    private let digits: [UInt8]
    /// Distinct texts.
    let texts: ColumnTexts
    /// By row: its distinct text or number; empty where they are not stored so.
    let ids: [Int32]

    private static let lowerDigits = Array("0123456789abcdef".utf8)
    private static let upperDigits = Array("0123456789ABCDEF".utf8)

    /// Reads a column of numbers, times or identifiers.
    init(_ description: ColumnDescription, values: [UInt8]) throws(LogStoreError) {
        self.description = description
        var reader = ByteReader(values[...])
        texts = ColumnTexts()
        switch description.type {
        case .numbers, .time:
            (storedNumbers, ids) = try IntegerColumn.decodeDistinct(description.count, ofColumn: &reader)
            digits = []
        case .hexadecimal(let count, _):
            (storedNumbers, ids) = ([], [])
            digits = Array(try reader.take(description.count * ((count + 1) / 2)))
        case .strings:
            throw .corrupt("a column of texts lacks its ids")
        }
    }

    /// A column of texts.
    init(_ description: ColumnDescription, _ texts: ColumnTexts, ids: [Int32]) {
        self.description = description
        self.texts = texts
        self.ids = ids
        (storedNumbers, digits) = ([], [])
    }

    /// The numbers by row.
    var numbers: [Int64] { ids.isEmpty ? storedNumbers : ids.map { storedNumbers[Int($0)] } }

    private func number(_ index: Int) -> Int64 { ids.isEmpty ? storedNumbers[index] : storedNumbers[Int(ids[index])] }

    /// Appends the value at `index` to a line.
    /// - Parameter time: that of the entry.
    func append(_ index: Int, time: Nanoseconds, to line: inout [UInt8]) {
        switch description.type {
        case .numbers(let form, _, _):
            form.append(number(index), to: &line)
        case .time(let form):
            form.append(form.units(of: time) &+ number(index), to: &line)
        case .hexadecimal(let digits, let isUpper):
            appendDigits(index, digits, isUpper ? Column.upperDigits : Column.lowerDigits, to: &line)
        case .strings:
            Bytes.append(texts.bytes, texts.range(of: Int(ids[index])), to: &line)
        }
    }

    private func appendDigits(_ index: Int, _ count: Int, _ digits: [UInt8], to line: inout [UInt8]) {
        let packed = self.digits
        let letters = digits
        var place = index * ((count + 1) / 2)
        line.append(addingCapacity: count) { output in
            for _ in 0..<(count / 2) {
                output.append(letters[Int(packed[place] >> 4)])
                output.append(letters[Int(packed[place] & 15)])
                place += 1
            }
            if count & 1 != 0 { output.append(letters[Int(packed[place] >> 4)]) }
        }
    }
}
