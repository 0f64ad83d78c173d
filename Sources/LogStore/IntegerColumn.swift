/// Integers in frames of 256: each frame stores its smallest value and the rest bit by bit, or the same for differences.
///
/// ```
/// mode (0 values, 1 differences) | frame ... frame
/// frame: smallest, zigzag | bits a value | values - smallest, packed, least significant bit first
/// ```
enum IntegerColumn {
    static let frameLength = 256

    static func encode(_ values: [Int64], into writer: inout ByteWriter) {
        var differences: [Int64] = []
        differences.reserveCapacity(values.count)
        var previous: Int64 = 0
        for value in values {
            differences.append(value &- previous)
            previous = value
        }
        if cost(differences) < cost(values) {
            writer.byte(1)
            encodeFrames(differences, into: &writer)
        } else {
            writer.byte(0)
            encodeFrames(values, into: &writer)
        }
    }

    static func decode(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) -> [Int64] {
        let mode = try reader.byte()
        guard mode <= 1 else { throw .corrupt("integer column of unknown mode \(mode)") }
        var values: [Int64] = []
        values.reserveCapacity(count)
        var first = 0
        while first < count {
            try decodeFrame(min(frameLength, count - first), from: &reader, into: &values)
            first += frameLength
        }
        if mode == 1 {
            var sum: Int64 = 0
            for index in values.indices {
                sum &+= values[index]
                values[index] = sum
            }
        }
        return values
    }

    private static func bounds(_ values: ArraySlice<Int64>) -> (smallest: Int64, width: Int) {
        var smallest = Int64.max
        var largest = Int64.min
        for value in values {
            smallest = min(smallest, value)
            largest = max(largest, value)
        }
        let span = UInt64(bitPattern: largest &- smallest)
        return (smallest, 64 - span.leadingZeroBitCount)
    }

    private static func cost(_ values: [Int64]) -> Int {
        var bits = 0
        for first in stride(from: 0, to: values.count, by: frameLength) {
            let frame = values[first..<min(first + frameLength, values.count)]
            bits += bounds(frame).width * frame.count
        }
        return bits
    }

    private static func encodeFrames(_ values: [Int64], into writer: inout ByteWriter) {
        for first in stride(from: 0, to: values.count, by: frameLength) {
            let frame = values[first..<min(first + frameLength, values.count)]
            let (smallest, width) = bounds(frame)
            writer.zigzag(smallest)
            writer.byte(UInt8(width))
            if width == 0 { continue }
            var word: UInt64 = 0
            var filled = 0
            for value in frame {
                let bits = UInt64(bitPattern: value &- smallest)
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
        let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
        var position = packed.startIndex
        var word: UInt64 = 0
        var available = 0
        for _ in 0..<count {
            var bits = word
            if available < width {
                var next: UInt64 = 0
                let bytes = min(8, packed.endIndex - position)
                for index in 0..<bytes { next |= UInt64(packed[position + index]) << UInt64(8 * index) }
                position += bytes
                bits |= next << UInt64(available)
                let used = width - available
                word = next >> used
                available = bytes * 8 - used
            } else {
                word >>= UInt64(width)
                available -= width
            }
            values.append(smallest &+ Int64(bitPattern: bits & mask))
        }
    }
}
