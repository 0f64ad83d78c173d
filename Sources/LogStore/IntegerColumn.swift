/// Integers in frames of 256, in whichever of three modes is smallest.
///
/// ```
/// mode | then
/// 0 values        frames
/// 1 differences   frames of the difference to the value before
/// 2 distinct      count | distinct values, ascending, as mode 1 | ids as mode 0: 0 for a value seen once, else place + 1 | values seen
///                 once as mode 0
/// frame: smallest, zigzag | bits a value | values - smallest, packed, least significant bit first
/// ```
enum IntegerColumn {
    static let frameLength = 256
    /// Values looked at to decide whether distinct values are few enough to be worth a table.
    private static let probe = 1024

    static func encode(_ values: [Int64], into writer: inout ByteWriter) {
        let plain = cost(values)
        let differences = IntegerColumn.differences(values)
        let stepped = cost(differences)
        if plain > values.count, stepped > values.count, let table = DistinctIntegers(values, probe: probe) {
            var packed = ByteWriter()
            encode(table, into: &packed)
            if packed.bytes.count * 8 < min(plain, stepped) {
                writer.byte(2)
                writer.bytes.append(contentsOf: packed.bytes)
                return
            }
        }
        writer.byte(stepped < plain ? 1 : 0)
        BitFrames.encode(stepped < plain ? differences : values, into: &writer)
    }

    private static func encode(_ table: DistinctIntegers, into writer: inout ByteWriter) {
        writer.count(table.repeated.count)
        BitFrames.encode(differences(table.repeated), into: &writer)
        BitFrames.encode(table.ids, into: &writer)
        BitFrames.encode(table.single, into: &writer)
    }

    private static func differences(_ values: [Int64]) -> [Int64] {
        var previous: Int64 = 0
        return values.map { value in
            defer { previous = value }
            return value &- previous
        }
    }

    private static func accumulate(_ values: inout [Int64]) {
        var sum: Int64 = 0
        var span = values.mutableSpan
        for index in span.indices {
            sum &+= span[index]
            span[index] = sum
        }
    }

    static func decode(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) -> [Int64] {
        let (values, ids) = try decodeDistinct(count, ofColumn: &reader)
        return ids.isEmpty ? values : ids.map { values[Int($0)] }
    }

    /// The values by row; or where they are stored so, distinct values and which of them each row has.
    static func decodeDistinct(_ count: Int, ofColumn reader: inout ByteReader) throws(LogStoreError) -> (
        values: [Int64], ids: [Int32]
    ) {
        switch try reader.byte() {
        case 0:
            return (try BitFrames.decode(count, from: &reader), [])
        case 1:
            var values = try BitFrames.decode(count, from: &reader)
            accumulate(&values)
            return (values, [])
        case 2:
            return try decodeTable(count, from: &reader)
        case let mode:
            throw .corrupt("integer column of unknown mode \(mode)")
        }
    }

    private static func decodeTable(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) -> (
        values: [Int64], ids: [Int32]
    ) {
        let repeated = try reader.count(limit: count)
        var values = try BitFrames.decode(repeated, from: &reader)
        accumulate(&values)
        let (ids, distinct) = try decodePlaces(count, repeated: repeated, from: &reader)
        values.append(contentsOf: try BitFrames.decode(distinct - repeated, from: &reader))
        return (values, ids)
    }

    /// Reads ids, 0 for a value seen once, and makes them places among the distinct values, of which it answers the number. Values seen
    /// once stand behind the others, in the order of their rows.
    static func decodePlaces(
        _ count: Int, repeated: Int, from reader: inout ByteReader
    ) throws(LogStoreError) -> (ids: [Int32], distinct: Int) {
        var ids = try BitFrames.decodeIDs(count, from: &reader)
        var next = Int32(repeated)
        var largest: Int32 = 0
        var span = ids.mutableSpan
        for index in span.indices {
            let id = span[index]
            largest = max(largest, id)
            span[index] = id == 0 ? next : id &- 1
            next &+= id == 0 ? 1 : 0
        }
        guard largest <= repeated else { throw .corrupt("id \(largest) of \(repeated) distinct values") }
        return (ids, Int(next))
    }

    /// Bits that frames of these values take.
    private static func cost(_ values: [Int64]) -> Int {
        var bits = 0
        for first in stride(from: 0, to: values.count, by: frameLength) {
            let end = min(first + frameLength, values.count)
            bits += BitFrames.bounds(values, first..<end).width * (end - first) + 24
        }
        return bits
    }
}

/// The distinct values of a column: those that repeat, which of them each row has, and those seen once.
private struct DistinctIntegers {
    private(set) var repeated: [Int64] = []
    private(set) var ids: [Int64] = []
    private(set) var single: [Int64] = []

    /// Nil where nearly every value differs from the others, as the first ones show.
    init?(_ values: [Int64], probe: Int) {
        let first = values.prefix(probe)
        guard Set(first).count * 8 < first.count * 7 else { return nil }
        let sorted = values.sorted()
        for index in sorted.indices.dropFirst() where sorted[index] == sorted[index - 1] {
            if repeated.last != sorted[index] { repeated.append(sorted[index]) }
        }
        var places: [Int64: Int64] = [:]
        places.reserveCapacity(repeated.count)
        for (place, value) in repeated.enumerated() { places[value] = Int64(place + 1) }
        ids.reserveCapacity(values.count)
        for value in values {
            let id = places[value] ?? 0
            ids.append(id)
            if id == 0 { single.append(value) }
        }
    }
}
