/// Integers packed bit by bit in frames of 256, each with its smallest value.
enum BitFrames {
    private static let frameLength = IntegerColumn.frameLength

    static func bounds(_ values: [Int64], _ range: Range<Int>) -> (smallest: Int64, width: Int) {
        var smallest = Int64.max
        var largest = Int64.min
        for index in range {
            let value = values[index]
            if value < smallest { smallest = value }
            if value > largest { largest = value }
        }
        let span = UInt64(bitPattern: largest &- smallest)
        return (smallest, 64 - span.leadingZeroBitCount)
    }

    static func encode(_ values: [Int64], into writer: inout ByteWriter) {
        for first in stride(from: 0, to: values.count, by: frameLength) {
            let range = first..<min(first + frameLength, values.count)
            let (smallest, width) = bounds(values, range)
            writer.zigzag(smallest)
            writer.byte(UInt8(width))
            if width == 0 { continue }
            var word: UInt64 = 0
            var filled = 0
            for index in range {
                let bits = UInt64(bitPattern: values[index] &- smallest)
                word |= bits << UInt64(filled)
                let room = 64 - filled
                if width >= room {
                    writer.fixed64(word)
                    // A shift by 64 gives 0, as it must when the value ended with the word.
                    word = bits >> room
                    filled = width - room
                } else {
                    filled += width
                }
            }
            for shift in stride(from: 0, to: filled, by: 8) { writer.byte(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
    }

    static func decode(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) -> [Int64] {
        var values: [Int64] = []
        values.reserveCapacity(count)
        var first = 0
        while first < count {
            try decodeFrame(min(frameLength, count - first), from: &reader, into: &values)
            first += frameLength
        }
        return values
    }

    private static func decodeFrame(_ count: Int, from reader: inout ByteReader, into values: inout [Int64])
        throws(LogStoreError)
    {
        let smallest = try reader.zigzag()
        let width = Int(try reader.byte())
        guard width <= 64 else { throw .corrupt("integer frame of \(width) bits") }
        if width == 0 {
            values.append(contentsOf: repeatElement(smallest, count: count))
            return
        }
        let packed = try reader.take((count * width + 7) / 8)
        unsafe packed.withUnsafeBytes { source in
            // Whole words as long as eight bytes are left, then byte by byte.
            let fast = width > 56 ? 0 : max(0, min(count, ((source.count - 8) * 8) / width))
            let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) &- 1
            var bit = 0
            for _ in 0..<fast {
                let word = unsafe UInt64(littleEndian: source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
                values.append(smallest &+ Int64(bitPattern: (word >> UInt64(bit & 7)) & mask))
                bit += width
            }
            for _ in fast..<count {
                var value: UInt64 = 0
                var filled = 0
                while filled < width {
                    let byte = unsafe UInt64(source[(bit + filled) >> 3])
                    let skipped = (bit + filled) & 7
                    value |= (byte >> UInt64(skipped)) << UInt64(filled)
                    filled += 8 - skipped
                }
                values.append(smallest &+ Int64(bitPattern: value & mask))
                bit += width
            }
        }
    }
}
