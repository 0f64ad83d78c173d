/// Walks the fields of a protobuf message in place.
struct ProtobufReader {
    /// One field: its number, and where its bytes stand or what its number is.
    struct Field {
        var number: Int
        var wireType: Int
        /// Length-delimited content.
        var range: Range<Int>
        /// Varints and fixed-width values.
        var value: UInt64
    }

    let bytes: [UInt8]
    private(set) var index: Int
    private let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    /// The next field, nil at the end.
    mutating func next() throws(IngestError) -> Field? {
        guard index < end else { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 <= 0x1fff_ffff else { throw damaged() }
        var field = Field(number: Int(tag >> 3), wireType: Int(tag & 7), range: index..<index, value: 0)
        switch field.wireType {
        case 0: field.value = try varint()
        case 1: field.value = try fixed(8)
        case 2:
            let length = try varint()
            guard length <= UInt64(end - index) else { throw damaged() }
            field.range = index..<index + Int(length)
            index = field.range.upperBound
        case 5: field.value = try fixed(4)
        default: throw damaged()
        }
        return field
    }

    private mutating func varint() throws(IngestError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < end, shift < 64 {
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw damaged()
    }

    private mutating func fixed(_ width: Int) throws(IngestError) -> UInt64 {
        guard end - index >= width else { throw damaged() }
        var value: UInt64 = 0
        for offset in 0..<width { value |= UInt64(bytes[index + offset]) << UInt64(offset * 8) }
        index += width
        return value
    }

    func damaged() -> IngestError {
        IngestError(.badBody, "the protobuf message is damaged at byte \(index) of \(end)")
    }
}
