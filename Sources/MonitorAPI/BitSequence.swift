/// Bits one after the other, the most significant of a byte first.
struct BitSequence {
    private(set) var bytes: [UInt8] = []
    private var free = 0

    /// Appends the low `count` bits, the highest of them first.
    mutating func write(_ value: UInt64, _ count: Int) {
        var left = count
        while left > 0 {
            if free == 0 {
                bytes.append(0)
                free = 8
            }
            let taken = min(free, left)
            let part = UInt8(truncatingIfNeeded: value >> UInt64(left - taken)) & UInt8((1 << taken) - 1)
            bytes[bytes.count - 1] |= part << UInt8(free - taken)
            free -= taken
            left -= taken
        }
    }
}
