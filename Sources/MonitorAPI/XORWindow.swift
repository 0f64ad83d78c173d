/// One number that changes from sample to sample, as the bits in which it differs: the XOR code of Prometheus' chunks.
struct XORWindow {
    private var last: UInt64 = 0
    private var leading = 0
    private var trailing = 0
    private var hasWindow = false

    /// Writes the first value whole.
    mutating func begin(_ value: Double, to bits: inout BitSequence) {
        last = value.bitPattern
        bits.write(last, 64)
    }

    /// Writes the next value.
    mutating func append(_ value: Double, to bits: inout BitSequence) {
        let xor = value.bitPattern ^ last
        last = value.bitPattern
        guard xor != 0 else { return bits.write(0, 1) }
        // Five bits hold the count of leading zeros.
        let zeros = (leading: min(xor.leadingZeroBitCount, 31), trailing: xor.trailingZeroBitCount)
        if hasWindow, zeros.leading >= leading, zeros.trailing >= trailing {
            bits.write(0b10, 2)
            return bits.write(xor >> UInt64(trailing), 64 - leading - trailing)
        }
        (leading, trailing, hasWindow) = (zeros.leading, zeros.trailing, true)
        let length = 64 - leading - trailing
        bits.write(0b11, 2)
        bits.write(UInt64(leading), 5)
        // Six bits hold 64 as 0, which no difference but none would have.
        bits.write(UInt64(length), 6)
        bits.write(xor >> UInt64(trailing), length)
    }
}
