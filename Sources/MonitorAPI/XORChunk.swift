import Compression

/// Prometheus' chunk of floats (encoding 1): Gorilla's differences of differences of times and XOR of values (Pelkonen and others,
/// "Gorilla: A Fast, Scalable, In-Memory Time Series Database", 2015), most significant bit first.
///
/// ```
/// ┌──────────┬────────────┬─────┬──────────────┬─────────┬──────────────┬─────────┬─────┐
/// │ count u16│ t0 varint  │ v0  │ t1-t0 uvarint│ v1 ^ v0 │ Δ² of t2     │ v2 ^ v1 │ ... │
/// └──────────┴────────────┴─────┴──────────────┴─────────┴──────────────┴─────────┴─────┘
/// Δ²     0 │ 10 + 14 bits │ 110 + 17 bits │ 1110 + 20 bits │ 1111 + 64 bits
/// XOR    0 │ 10 + the bits between the zeros counted last │ 11 + 5 bits leading zeros + 6 bits length + the bits
/// ```
struct XORChunk {
    /// Most samples of a chunk, as Prometheus cuts them.
    static let maximumSamples = 120

    private var bits = BitSequence()
    private(set) var count = 0
    private(set) var firstTime: Int64 = 0
    private(set) var lastTime: Int64 = 0
    private var lastDelta: Int64 = 0
    private var lastValue: UInt64 = 0
    private var leading = 0
    private var trailing = 0
    private var hasWindow = false

    /// Adds a sample; times ascend.
    mutating func append(_ time: Int64, _ value: Double) {
        precondition(count < XORChunk.maximumSamples, "a chunk that is full takes no more")
        switch count {
        case 0:
            firstTime = time
            write(varint: Varint.zigzag(time))
            bits.write(value.bitPattern, 64)
        case 1:
            lastDelta = time &- lastTime
            write(varint: UInt64(bitPattern: lastDelta))
            write(value.bitPattern ^ lastValue)
        default:
            let delta = time &- lastTime
            write(difference: delta &- lastDelta)
            lastDelta = delta
            write(value.bitPattern ^ lastValue)
        }
        lastTime = time
        lastValue = value.bitPattern
        count += 1
    }

    /// The chunk's bytes.
    var bytes: [UInt8] { [UInt8(count >> 8), UInt8(count & 0xff)] + bits.bytes }

    private mutating func write(difference: Int64) {
        let pattern = UInt64(bitPattern: difference)
        switch difference {
        case 0: bits.write(0, 1)
        case -8191...8192:
            bits.write(0b10, 2)
            bits.write(pattern, 14)
        case -65_535...65_536:
            bits.write(0b110, 3)
            bits.write(pattern, 17)
        case -524_287...524_288:
            bits.write(0b1110, 4)
            bits.write(pattern, 20)
        default:
            bits.write(0b1111, 4)
            bits.write(pattern, 64)
        }
    }

    private mutating func write(_ xor: UInt64) {
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

    private mutating func write(varint value: UInt64) {
        var bytes: [UInt8] = []
        Varint.append(value, to: &bytes)
        for byte in bytes { bits.write(UInt64(byte), 8) }
    }
}

/// Bits one after the other, the most significant of a byte first.
private struct BitSequence {
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
