extension BitFrames {
    static func decode(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) -> [Int64] {
        try decode(count, from: &reader, within: .min ... .max)
    }

    /// Numbers that stand for something else: none is negative or longer than 31 bits.
    static func decodeIDs(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) -> [Int32] {
        try decode(count, from: &reader, within: 0...Int64(Int32.max))
    }

    /// Unpacks values straight into place: an array that grows would be asked for room at each of them.
    private static func decode<Value: FixedWidthInteger>(
        _ count: Int, from reader: inout ByteReader, within bounds: ClosedRange<Int64>
    ) throws(LogStoreError) -> [Value] {
        var failure: LogStoreError?
        let values = unsafe [Value](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(LogStoreError) {
                while filled < count {
                    let length = min(frameLength, count - filled)
                    let frame = try Frame(length, from: &reader)
                    guard frame.isWithin(bounds) else { throw .corrupt("integer frame of \(frame.width) bits is out of bounds") }
                    guard let start = buffer.baseAddress else { return }
                    unsafe frame.unpack(into: start + filled)
                    filled += length
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return values
    }

    /// One frame, still packed.
    private struct Frame {
        let count: Int
        let smallest: Int64
        let width: Int
        let packed: ArraySlice<UInt8>

        init(_ count: Int, from reader: inout ByteReader) throws(LogStoreError) {
            self.count = count
            smallest = try reader.zigzag()
            width = Int(try reader.byte())
            guard width <= 64 else { throw .corrupt("integer frame of \(width) bits") }
            packed = try reader.take((count * width + 7) / 8)
        }

        private var mask: UInt64 { width == 64 ? .max : (1 << UInt64(width)) &- 1 }

        /// Whether no value of so many bits can be out of bounds.
        func isWithin(_ bounds: ClosedRange<Int64>) -> Bool {
            if bounds == .min ... .max { return true }
            guard bounds.contains(smallest), width < 63 else { return false }
            let (largest, overflow) = smallest.addingReportingOverflow(Int64(mask))
            return !overflow && bounds.contains(largest)
        }

        func unpack<Value: FixedWidthInteger>(into values: UnsafeMutablePointer<Value>) {
            if width == 0 { return unsafe values.initialize(repeating: Value(truncatingIfNeeded: smallest), count: count) }
            let mask = mask
            unsafe packed.withUnsafeBytes { source in
                // Whole words as long as eight bytes are left, then byte by byte.
                let fast = width > 56 ? 0 : max(0, min(count, ((source.count - 8) * 8) / width))
                var bit = 0
                for index in 0..<fast {
                    let word = unsafe UInt64(littleEndian: source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
                    let value = smallest &+ Int64(bitPattern: (word &>> UInt64(bit & 7)) & mask)
                    unsafe (values + index).initialize(to: Value(truncatingIfNeeded: value))
                    bit &+= width
                }
                for index in fast..<count {
                    var value: UInt64 = 0
                    var filled = 0
                    while filled < width {
                        let byte = unsafe UInt64(source[(bit + filled) >> 3])
                        let skipped = (bit + filled) & 7
                        value |= (byte >> UInt64(skipped)) << UInt64(filled)
                        filled += 8 - skipped
                    }
                    unsafe (values + index).initialize(
                        to: Value(truncatingIfNeeded: smallest &+ Int64(bitPattern: value & mask)))
                    bit += width
                }
            }
        }
    }
}
