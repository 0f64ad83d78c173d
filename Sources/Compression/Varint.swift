/// Integers of variable length: LEB128, and zig-zag for signed ones.
package enum Varint {
    /// Appends an unsigned integer, 1 to 10 bytes.
    package static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Appends a signed integer; small magnitudes are short.
    package static func append(signed value: Int64, to bytes: inout [UInt8]) {
        append(zigzag(value), to: &bytes)
    }

    /// Reads an unsigned integer at `position` and moves past it; `nil` where the bytes end early or hold more than 64 bits.
    package static func read(_ bytes: ArraySlice<UInt8>, at position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.endIndex, shift < 64 {
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }

    /// Reads a signed integer at `position` and moves past it.
    package static func readSigned(_ bytes: ArraySlice<UInt8>, at position: inout Int) -> Int64? {
        read(bytes, at: &position).map(unzigzag)
    }

    /// Maps small magnitudes of either sign to small unsigned integers.
    @inlinable @inline(__always) package static func zigzag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: value &<< 1) ^ UInt64(bitPattern: value >> 63)
    }

    /// Undoes ``zigzag(_:)``.
    @inlinable @inline(__always) package static func unzigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
