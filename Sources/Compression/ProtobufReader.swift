/// Walks the fields of a protobuf message in place. Inlined into decoders, as a request has hundreds of thousands of fields.
package struct ProtobufReader {
    /// One field: its number, and where its bytes stand or what its number is.
    package struct Field {
        package var number: Int
        /// 0 for a varint, 1 and 5 for fixed widths, 2 for what has a length.
        package var wireType: Int
        /// Length-delimited content.
        package var range: Range<Int>
        /// Varints and fixed-width values.
        package var value: UInt64

        @inlinable
        package init(number: Int, wireType: Int, range: Range<Int>) {
            self.number = number
            self.wireType = wireType
            self.range = range
            value = 0
        }
    }

    /// The message, and whatever stands around it.
    package let bytes: [UInt8]
    /// Where the next field begins.
    @inlinable
    package var index: Int { place }
    @usableFromInline var place: Int
    @usableFromInline let end: Int

    /// Reads the message that stands in a part of the bytes.
    @inlinable
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    /// Reads bytes that are a message as a whole.
    @inlinable
    package init(_ bytes: [UInt8]) {
        self.init(bytes, in: bytes.indices)
    }

    /// The next field, nil at the end.
    @inlinable
    package mutating func next() throws(CompressionError) -> Field? {
        guard place < end else { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 <= 0x1fff_ffff else { throw damaged() }
        var field = Field(number: Int(tag >> 3), wireType: Int(tag & 7), range: place..<place)
        switch field.wireType {
        case 0: field.value = try varint()
        case 1: field.value = try fixed(8)
        case 2:
            let length = try varint()
            guard length <= UInt64(end - place) else { throw damaged() }
            field.range = place..<place + Int(length)
            place = field.range.upperBound
        case 5: field.value = try fixed(4)
        default: throw damaged()
        }
        return field
    }

    /// The next bare varint of a packed list, nil at the end.
    @inlinable
    package mutating func nextPacked() throws(CompressionError) -> UInt64? {
        place < end ? try varint() : nil
    }

    /// The next bare 64 bits of a packed list, nil at the end.
    @inlinable
    package mutating func nextPackedFixed() throws(CompressionError) -> UInt64? {
        place < end ? try fixed(8) : nil
    }

    @inlinable
    mutating func varint() throws(CompressionError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < end, shift < 64 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw damaged()
    }

    @inlinable
    mutating func fixed(_ width: Int) throws(CompressionError) -> UInt64 {
        guard end - place >= width else { throw damaged() }
        var value: UInt64 = 0
        for offset in 0..<width { value |= UInt64(bytes[place + offset]) << UInt64(offset * 8) }
        place += width
        return value
    }

    @usableFromInline
    func damaged() -> CompressionError {
        CompressionError(.corrupt, "the protobuf message is damaged at byte \(place) of \(end)")
    }
}
