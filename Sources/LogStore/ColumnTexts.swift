/// Distinct texts, one after the other.
struct ColumnTexts {
    var bytes: [UInt8] = []
    /// Where each text ends.
    var ends: [Int] = []

    var count: Int { ends.count }

    /// Where a text stands in ``bytes``.
    func range(of id: Int) -> Range<Int> { (id == 0 ? 0 : ends[id - 1])..<ends[id] }

    /// Reads texts: their lengths, then their bytes.
    mutating func append(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) {
        var end = bytes.count
        let start = end
        ends.reserveCapacity(ends.count + count)
        for length in try IntegerColumn.decode(count, from: &reader) {
            guard length >= 0, length <= reader.remaining else { throw .corrupt("text of length \(length)") }
            end += Int(length)
            ends.append(end)
        }
        bytes.append(contentsOf: try reader.take(end - start))
    }

    mutating func append(_ other: ColumnTexts) {
        let start = bytes.count
        bytes.append(contentsOf: other.bytes)
        ends.reserveCapacity(ends.count + other.count)
        for end in other.ends { ends.append(start + end) }
    }

    /// Which texts contain the needle; nil where none does.
    func containing(_ needle: Needle) -> RowSelection? {
        var result: RowSelection?
        var id = 0
        var position = 0
        while let found = Needle.find(needle.bytes, in: bytes[position...]) {
            while ends[id] <= found { id += 1 }
            guard found + needle.bytes.count <= ends[id] else {
                position = found + 1
                continue
            }
            if result == nil { result = RowSelection(count: ends.count) }
            result?.insert(id)
            position = ends[id]
        }
        return result
    }
}
