import CLinux

/// The CRC-32 of Castagnoli (iSCSI, ext4, Prometheus), which all files of the stores carry.
///
/// By the processor's instruction where it has one, else eight bytes a step by eight tables. A checksum can be continued by passing the last one as `seed`.
package enum CRC32C {
    /// `tables[256 * i + b]`: what byte `b` does to the checksum from `i` bytes away.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 0 ? remainder >> 1 : (remainder >> 1) ^ 0x82f6_3b78 }
            tables[byte] = remainder
        }
        for index in 256..<tables.count {
            let nearer = tables[index - 256]
            tables[index] = (nearer >> 8) ^ tables[Int(nearer & 0xff)]
        }
        return tables
    }()

    /// The checksum of an array.
    package static func checksum(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe checksum($0, seed: seed) }
    }

    /// The checksum of a part of an array.
    package static func checksum(_ bytes: ArraySlice<UInt8>, seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe checksum($0, seed: seed) }
    }

    /// The checksum of memory.
    package static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        guard hasInstruction else { return unsafe checksumByTables(bytes, seed: seed) }
        return unsafe ~clinux_crc32c(~seed, bytes.baseAddress, bytes.count)
    }

    private static let hasInstruction = clinux_has_crc32c() != 0

    /// The same without the instruction.
    package static func checksumByTables(_ bytes: UnsafeRawBufferPointer, seed: UInt32) -> UInt32 {
        unsafe tables.withUnsafeBufferPointer { table in
            var value = ~seed
            var index = 0
            let whole = bytes.count & ~7
            while index < whole {
                let word =
                    unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ UInt64(value)
                let near = unsafe table[1792 + Int(word & 0xff)] ^ table[1536 + Int(word >> 8 & 0xff)]
                let middle = unsafe table[1280 + Int(word >> 16 & 0xff)] ^ table[1024 + Int(word >> 24 & 0xff)]
                let far = unsafe table[768 + Int(word >> 32 & 0xff)] ^ table[512 + Int(word >> 40 & 0xff)]
                let last = unsafe table[256 + Int(word >> 48 & 0xff)] ^ table[Int(word >> 56)]
                value = near ^ middle ^ far ^ last
                index += 8
            }
            while index < bytes.count {
                unsafe value = (value >> 8) ^ table[Int((value ^ UInt32(bytes[index])) & 0xff)]
                index += 1
            }
            return ~value
        }
    }
}
