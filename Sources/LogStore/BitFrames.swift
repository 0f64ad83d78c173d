/// Integers packed bit by bit in frames of 256, each with its smallest value.
enum BitFrames {
    static let frameLength = IntegerColumn.frameLength

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
}
