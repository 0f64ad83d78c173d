/// Distinct texts, one after the other.
struct ColumnTexts {
    var bytes: [UInt8] = []
    /// Where each text ends.
    var ends: [Int] = []

    var count: Int { ends.count }

    /// Where a text stands in ``bytes``.
    func range(of id: Int) -> Range<Int> { (id == 0 ? 0 : ends[id - 1])..<ends[id] }

    init() {}

    /// Reads the parts of a section, each the lengths of so many texts and then their bytes. The bytes of the section become those of the
    /// texts: a copy would cost as much as reading them.
    init(parts: [Int], of section: consuming [UInt8]) throws(LogStoreError) {
        ends.reserveCapacity(parts.reduce(0, +))
        var kept: [Range<Int>] = []
        do {
            var reader = ByteReader(section[...])
            for count in parts { kept.append(try takeEnds(count, from: &reader)) }
        }
        var end = section.count
        for range in kept.reversed() {
            section.removeSubrange(range.upperBound..<end)
            end = range.lowerBound
        }
        section.removeSubrange(..<end)
        bytes = section
    }

    /// Reads the lengths of texts; answers where their bytes stand.
    private mutating func takeEnds(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) -> Range<Int> {
        let start = ends.last ?? 0
        var end = start
        for length in try IntegerColumn.decode(count, from: &reader) {
            guard length >= 0, length <= reader.remaining else { throw .corrupt("text of length \(length)") }
            end += Int(length)
            ends.append(end)
        }
        let from = reader.position
        _ = try reader.take(end - start)
        return from..<reader.position
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
