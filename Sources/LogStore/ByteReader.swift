/// Reads what ``ByteWriter`` wrote. Never reads past the end: short input is an error with its offset.
struct ByteReader {
    let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - position }

    mutating func byte() throws(LogStoreError) -> UInt8 {
        guard position < bytes.endIndex else { throw short(1) }
        position += 1
        return bytes[position - 1]
    }

    mutating func fixed32() throws(LogStoreError) -> UInt32 {
        guard remaining >= 4 else { throw short(4) }
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[position + index]) << UInt32(8 * index) }
        position += 4
        return value
    }

    mutating func fixed64() throws(LogStoreError) -> UInt64 {
        UInt64(try fixed32()) | UInt64(try fixed32()) << 32
    }

    mutating func varint() throws(LogStoreError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            value |= UInt64(next & 0x7f) << shift
            if next & 0x80 == 0 { return value }
            shift += 7
            guard shift < 64 else { throw .corrupt("number longer than 64 bits at offset \(position)") }
        }
    }

    /// A count or length; larger than `limit` is an error, so that a damaged one can't make the reader allocate without bound.
    mutating func count(limit: Int) throws(LogStoreError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw .corrupt("count \(value) above \(limit) at offset \(position)") }
        return Int(value)
    }

    mutating func zigzag() throws(LogStoreError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func take(_ count: Int) throws(LogStoreError) -> ArraySlice<UInt8> {
        guard count >= 0, remaining >= count else { throw short(count) }
        position += count
        return bytes[(position - count)..<position]
    }

    mutating func string() throws(LogStoreError) -> ArraySlice<UInt8> {
        try take(try count(limit: remaining))
    }

    private func short(_ wanted: Int) -> LogStoreError {
        .corrupt("\(wanted) bytes wanted at offset \(position), \(remaining) left")
    }
}
