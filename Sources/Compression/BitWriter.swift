/// Appends fields of 0 to 64 bits to bytes, least significant bit first, through a 64-bit accumulator.
package struct BitWriter: Sendable {
    private var bytes: [UInt8] = []
    private var accumulator: UInt64 = 0
    private var used = 0

    package init() {}

    /// Appends the low `count` bits of `value`; higher bits are ignored.
    package mutating func write(_ value: UInt64, _ count: Int) {
        guard count > 0 else { return }
        let field = count == 64 ? value : value & ((1 << UInt64(count)) &- 1)
        accumulator |= field << UInt64(used)
        if used + count < 64 {
            used += count
            return
        }
        flush(8)
        let taken = 64 - used
        used = count - taken
        accumulator = taken == 64 ? 0 : field >> UInt64(taken)
    }

    /// All bytes, the last one filled up with zero bits.
    package consuming func finish() -> [UInt8] {
        flush((used + 7) / 8)
        return bytes
    }

    private mutating func flush(_ count: Int) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: accumulator >> UInt64(8 * index))) }
    }
}
