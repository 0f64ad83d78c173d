private import CSnappy

/// Snappy blocks (the raw format, as in Prometheus remote-write and Loki's push protocol).
package enum Snappy {
    /// Compresses.
    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        let capacity = snappy_max_compressed_length(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            var length = capacity
            unsafe bytes.withUnsafeBytes { source in
                var nothing: CChar = 0
                let from = unsafe source.baseAddress?.assumingMemoryBound(to: CChar.self)
                let to = unsafe UnsafeMutableRawPointer(target.baseAddress!).assumingMemoryBound(to: CChar.self)
                let status = unsafe withUnsafePointer(to: &nothing) { nothing in
                    unsafe snappy_compress(from ?? nothing, source.count, to, &length)
                }
                // The only failure libsnappy has is a buffer below its own bound.
                precondition(status == SNAPPY_OK, "snappy_compress within its bound")
            }
            count = length
        }
    }

    /// Restores a block that may hold at most `maximumBytes`; what it promises is checked before memory is taken.
    package static func decompress(_ bytes: [UInt8], maximumBytes: Int) throws(CompressionError) -> [UInt8] {
        var length = 0
        let known = unsafe bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return false }
            return unsafe snappy_uncompressed_length(from.assumingMemoryBound(to: CChar.self), source.count, &length) == SNAPPY_OK
        }
        guard known else { throw CompressionError(.truncated, "not a Snappy block: \(bytes.count) bytes without a length") }
        guard length <= maximumBytes else {
            throw CompressionError(
                .tooLarge, "a Snappy block of \(length) bytes is over the limit of \(maximumBytes): send smaller requests")
        }
        var intact = false
        let restored = unsafe [UInt8](unsafeUninitializedCapacity: max(length, 1)) { target, count in
            var written = length
            unsafe bytes.withUnsafeBytes { source in
                let from = unsafe source.baseAddress!.assumingMemoryBound(to: CChar.self)
                let to = unsafe UnsafeMutableRawPointer(target.baseAddress!).assumingMemoryBound(to: CChar.self)
                intact = unsafe snappy_uncompress(from, source.count, to, &written) == SNAPPY_OK
            }
            count = intact ? written : 0
        }
        guard intact, restored.count == length else {
            throw CompressionError(.corrupt, "a damaged Snappy block of \(bytes.count) bytes, expected to hold \(length)")
        }
        return restored
    }
}
