/// The values of a column, decoded: appended to a line one after the other.
enum ColumnValues: Sendable {
    case numbers([Int64], scale: Int, digits: Int)
    /// Values of one length, side by side.
    case fixed([UInt8], length: Int)
    /// Distinct values one after the other, where each ends, and the value of each row.
    case dictionary([UInt8], ends: [Int], ids: [Int64])
    case text(ArraySlice<UInt8>, ends: [Int])

    init(_ section: [UInt8], count: Int) throws(LogStoreError) {
        var reader = ByteReader(section[...])
        switch try reader.byte() {
        case ColumnEncoder.integer:
            let scale = Int(try reader.byte())
            let digits = Int(try reader.byte())
            guard scale <= 18, digits <= 20 else { throw .corrupt("number column of \(digits) digits, \(scale) after the point") }
            self = .numbers(try IntegerColumn.decode(count, from: &reader), scale: scale, digits: digits)
        case ColumnEncoder.hexadecimal:
            let length = try reader.count(limit: 1 << 16)
            let packed = try reader.take(count * length / 2)
            var text: [UInt8] = []
            text.reserveCapacity(count * length)
            for byte in packed {
                text.append(ColumnValues.digit(byte >> 4))
                text.append(ColumnValues.digit(byte & 15))
            }
            self = .fixed(text, length: length)
        case ColumnEncoder.dictionary:
            self = try ColumnValues.dictionary(from: &reader, count: count)
        case ColumnEncoder.text:
            var ends: [Int] = []
            ends.reserveCapacity(count)
            var end = 0
            for length in try IntegerColumn.decode(count, from: &reader) {
                guard length >= 0, length <= reader.remaining else { throw .corrupt("text of length \(length)") }
                end += Int(length)
                ends.append(end)
            }
            self = .text(try reader.take(end), ends: ends)
        case let kind:
            throw .corrupt("column of unknown type \(kind)")
        }
    }

    private static func dictionary(from reader: inout ByteReader, count: Int) throws(LogStoreError) -> ColumnValues {
        let distinct = try reader.count(limit: ColumnEncoder.maximumDictionary)
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for _ in 0..<distinct {
            bytes.append(contentsOf: try reader.string())
            ends.append(bytes.count)
        }
        var ids = try IntegerColumn.decode(count, from: &reader)
        // Values seen once stand behind those of the dictionary, in the order of their rows.
        var next = Int64(distinct)
        for index in ids.indices {
            let id = ids[index]
            guard id >= 0, id <= distinct else { throw .corrupt("dictionary id \(id) of \(distinct)") }
            ids[index] = id == 0 ? next : id - 1
            if id == 0 { next += 1 }
        }
        for length in try IntegerColumn.decode(Int(next) - distinct, from: &reader) {
            guard length >= 0, length <= reader.remaining else { throw .corrupt("text of length \(length)") }
            ends.append((ends.last ?? 0) + Int(length))
        }
        bytes.append(contentsOf: try reader.take((ends.last ?? 0) - bytes.count))
        return .dictionary(bytes, ends: ends, ids: ids)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }

    /// Appends the value at `index` to a line.
    func append(_ index: Int, to line: inout [UInt8]) {
        switch self {
        case .numbers(let numbers, let scale, let digits):
            NumberForm.append(numbers[index], scale: scale, digits: digits, to: &line)
        case .fixed(let text, let length):
            line.append(contentsOf: text[(index * length)..<((index + 1) * length)])
        case .dictionary(let bytes, let ends, let ids):
            let id = Int(ids[index])
            line.append(contentsOf: bytes[(id == 0 ? 0 : ends[id - 1])..<ends[id]])
        case .text(let bytes, let ends):
            let start = bytes.startIndex + (index == 0 ? 0 : ends[index - 1])
            line.append(contentsOf: bytes[start..<(bytes.startIndex + ends[index])])
        }
    }

    /// Bytes in which a run of letters and digits that stands in a value can be found; nil for numbers.
    var searchable: ArraySlice<UInt8>? {
        switch self {
        case .numbers: nil
        case .fixed(let text, _): text[...]
        case .dictionary(let bytes, _, _): bytes[...]
        case .text(let bytes, _): bytes
        }
    }
}
