private import CLZ4

/// LZ4 blocks: fast compression for write-ahead logs and young blocks. A block does not know its own size; whoever stores one
/// stores the size beside it.
package enum LZ4 {
    /// Largest input of ``compress(_:)`` and largest size ``decompress(_:size:)`` takes.
    package static let maximumBytes = 1 << 30

    /// Compresses; what can't be made smaller comes back slightly longer.
    /// - Precondition: at most ``maximumBytes``.
    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count <= maximumBytes, "an LZ4 block is at most \(maximumBytes) bytes")
        let capacity = Int(LZ4_compressBound(Int32(bytes.count)))
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            unsafe bytes.withUnsafeBytes { source in
                // An empty array may have no address, which LZ4 does not take.
                var nothing: CChar = 0
                let from = unsafe source.baseAddress?.assumingMemoryBound(to: CChar.self)
                let to = unsafe UnsafeMutableRawPointer(target.baseAddress!).assumingMemoryBound(to: CChar.self)
                count = unsafe withUnsafePointer(to: &nothing) { nothing in
                    unsafe Int(LZ4_compress_default(from ?? nothing, to, Int32(source.count), Int32(capacity)))
                }
            }
        }
    }

    /// Restores a block whose size is known.
    /// - Throws: ``CompressionError`` where the bytes are damaged or yield another size.
    package static func decompress(_ bytes: ArraySlice<UInt8>, size: Int) throws(CompressionError) -> [UInt8] {
        guard size >= 0, size <= maximumBytes, bytes.count <= maximumBytes + maximumBytes / 128 else {
            throw CompressionError(.tooLarge, "an LZ4 block of \(size) bytes is over the limit of \(maximumBytes)")
        }
        // One byte makes at most 255; a promise beyond that is a lie, and must not cost an allocation.
        guard size <= bytes.count * 255 else {
            throw CompressionError(.corrupt, "an LZ4 block of \(bytes.count) bytes can't hold the promised \(size)")
        }
        var written: Int32 = -1
        let restored = unsafe [UInt8](unsafeUninitializedCapacity: max(size, 1)) { target, count in
            unsafe bytes.withUnsafeBytes { source in
                guard let from = source.baseAddress else { return }
                let to = UnsafeMutableRawPointer(target.baseAddress!)
                unsafe written = LZ4_decompress_safe(
                    from.assumingMemoryBound(to: CChar.self), to.assumingMemoryBound(to: CChar.self),
                    Int32(source.count), Int32(size))
            }
            count = max(0, Int(written))
        }
        guard Int(written) == size else {
            throw CompressionError(.corrupt, "a damaged LZ4 block of \(bytes.count) bytes, expected to hold \(size)")
        }
        return restored
    }
}
