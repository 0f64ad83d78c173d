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
    private var value = XORWindow()

    /// Adds a sample; times ascend.
    mutating func append(_ time: Int64, _ value: Double) {
        precondition(count < XORChunk.maximumSamples, "a chunk that is full takes no more")
        switch count {
        case 0:
            firstTime = time
            write(varint: Varint.zigzag(time))
            self.value.begin(value, to: &bits)
        case 1:
            lastDelta = time &- lastTime
            write(varint: UInt64(bitPattern: lastDelta))
            self.value.append(value, to: &bits)
        default:
            let delta = time &- lastTime
            write(difference: delta &- lastDelta)
            lastDelta = delta
            self.value.append(value, to: &bits)
        }
        lastTime = time
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

    private mutating func write(varint value: UInt64) {
        var bytes: [UInt8] = []
        Varint.append(value, to: &bytes)
        for byte in bytes { bits.write(UInt64(byte), 8) }
    }
}
