/// SipHash-1-3 over words and byte strings, with a key of the store's own, so that nobody outside can make two entries look like one.
struct SipHash {
    private var v0, v1, v2, v3: UInt64

    init(key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736f_6d65_7073_6575
        v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        v2 = key.0 ^ 0x6c79_6765_6e65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    mutating func combine(_ word: UInt64) {
        v3 ^= word
        round()
        v0 ^= word
    }

    /// A byte string, in words; its length ends it, so that two strings in a row can't be confused with two others.
    mutating func combine(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { buffer in
            var index = 0
            while index + 8 <= buffer.count {
                combine(unsafe UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
                index += 8
            }
            var tail: UInt64 = 0
            while index < buffer.count {
                unsafe tail = tail << 8 | UInt64(buffer[index])
                index += 1
            }
            combine(tail)
            combine(UInt64(buffer.count))
        }
    }

    consuming func finish() -> UInt64 {
        v2 ^= 0xff
        for _ in 0..<3 { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
        v0 = v0 &+ v1
        v1 = (v1 << 13 | v1 >> 51) ^ v0
        v0 = v0 << 32 | v0 >> 32
        v2 = v2 &+ v3
        v3 = (v3 << 16 | v3 >> 48) ^ v2
        v0 = v0 &+ v3
        v3 = (v3 << 21 | v3 >> 43) ^ v0
        v2 = v2 &+ v1
        v1 = (v1 << 17 | v1 >> 47) ^ v2
        v2 = v2 << 32 | v2 >> 32
    }
}
