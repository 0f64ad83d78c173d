/// Reads fields that ``BitWriter`` wrote. Past the end it yields zero bits and says so in ``isExhausted``.
package struct BitReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var accumulator: UInt64 = 0
    private var available = 0
    /// True once more bits were asked for than there are: the input was cut short.
    package private(set) var isExhausted = false

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next `count` bits, 0 to 64.
    package mutating func read(_ count: Int) -> UInt64 {
        if count <= available {
            let value = count == 64 ? accumulator : accumulator & ((1 << UInt64(count)) &- 1)
            accumulator = count == 64 ? 0 : accumulator >> UInt64(count)
            available -= count
            return value
        }
        let low = accumulator
        let have = available
        refill()
        let need = count - have
        if need > available {
            isExhausted = true
            available = 0
            accumulator = 0
            return low
        }
        let high = need == 64 ? accumulator : accumulator & ((1 << UInt64(need)) &- 1)
        accumulator = need == 64 ? 0 : accumulator >> UInt64(need)
        available -= need
        return low | (high << UInt64(have))
    }

    private mutating func refill() {
        accumulator = 0
        let count = min(8, bytes.endIndex - position)
        if count == 8 {
            accumulator = unsafe bytes.withUnsafeBytes { [offset = position - bytes.startIndex] buffer in
                unsafe UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
        } else {
            for index in 0..<count { accumulator |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        }
        position += count
        available = 8 * count
    }
}
