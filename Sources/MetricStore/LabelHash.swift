/// A fast hash of canonical label bytes, seeded once a process so that nobody outside can aim for collisions.
struct LabelHash: Sendable {
    private let seed: UInt64

    init(seed: UInt64 = .random(in: 1 ... .max)) {
        self.seed = seed
    }

    func callAsFunction(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        unsafe bytes.withUnsafeBytes { buffer in
            var hash = seed ^ UInt64(buffer.count)
            var offset = 0
            while offset + 8 <= buffer.count {
                let word = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                hash = LabelHash.mix(hash ^ word, 0x9e37_79b9_7f4a_7c15 ^ seed)
                offset += 8
            }
            var rest: UInt64 = 0
            while offset < buffer.count {
                unsafe rest = rest << 8 | UInt64(buffer[offset])
                offset += 1
            }
            return LabelHash.mix(hash ^ rest, 0xd6e8_feb8_6659_fd93)
        }
    }

    /// 128 bits for bytes in any form.
    func alias(_ bytes: ArraySlice<UInt8>) -> SeriesAlias {
        unsafe bytes.withUnsafeBytes { buffer in
            var high = seed ^ UInt64(buffer.count)
            var low = ~seed
            var offset = 0
            while offset + 8 <= buffer.count {
                let word = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                high = LabelHash.mix(high ^ word, 0x9e37_79b9_7f4a_7c15 ^ seed)
                low = LabelHash.mix(low ^ word, 0xa076_1d64_78bd_642f ^ high)
                offset += 8
            }
            var rest: UInt64 = 0
            while offset < buffer.count {
                unsafe rest = rest << 8 | UInt64(buffer[offset])
                offset += 1
            }
            high = LabelHash.mix(high ^ rest, 0xd6e8_feb8_6659_fd93)
            return SeriesAlias(high: high, low: LabelHash.mix(low ^ rest, 0xe703_7ed1_a0b4_28db ^ high))
        }
    }

    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
