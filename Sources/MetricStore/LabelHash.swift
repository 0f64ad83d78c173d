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

    /// 128 bits for bytes in any form: two chains that do not wait for each other, sixteen bytes a turn.
    func alias(_ bytes: ArraySlice<UInt8>) -> SeriesAlias {
        unsafe bytes.withUnsafeBytes { buffer in
            let (first, second) = (0x9e37_79b9_7f4a_7c15 ^ seed, 0xa076_1d64_78bd_642f &+ seed)
            var high = seed ^ UInt64(buffer.count)
            var low = ~seed
            var offset = 0
            while offset &+ 16 <= buffer.count {
                let left = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let right = unsafe buffer.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
                high = LabelHash.mix(high ^ left, right ^ first)
                low = LabelHash.mix(low ^ right, left ^ second)
                offset &+= 16
            }
            var rest: (UInt64, UInt64) = (0, 0)
            while offset < buffer.count {
                let byte = unsafe UInt64(buffer[offset])
                rest = (rest.0 << 8 | byte, rest.1 << 8 | rest.0 >> 56)
                offset &+= 1
            }
            high = LabelHash.mix(high ^ rest.0, rest.1 ^ first)
            low = LabelHash.mix(low ^ rest.1, rest.0 ^ second)
            return SeriesAlias(
                high: LabelHash.mix(high ^ low, 0xd6e8_feb8_6659_fd93), low: LabelHash.mix(low, 0xe703_7ed1_a0b4_28db ^ high))
        }
    }

    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
