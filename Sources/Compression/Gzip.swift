private import CZlib

/// The gzip format (RFC 1952), whole bodies at a time: what HTTP clients take answers in.
package enum Gzip {
    /// Largest input and output.
    package static let maximumBytes = 1 << 30
    /// How hard zlib tries: answers are made once and read once, so speed counts.
    private static let level: Int32 = 1

    /// Compresses; nil above ``maximumBytes``.
    package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count <= maximumBytes else { return nil }
        let capacity = czlib_gzip_bound(bytes.count)
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            count = unsafe bytes.withUnsafeBufferPointer { source in
                unsafe czlib_gzip(source.baseAddress, source.count, target.baseAddress, capacity, level)
            }
        }
        return packed.isEmpty ? nil : packed
    }

    /// Restores bytes that may hold at most `maximumBytes`.
    package static func decompress(_ bytes: [UInt8], maximumBytes: Int) throws(CompressionError) -> [UInt8] {
        guard bytes.count <= Gzip.maximumBytes else {
            throw CompressionError(.tooLarge, "\(bytes.count) bytes of gzip are over the limit of \(Gzip.maximumBytes)")
        }
        let capacity = min(maximumBytes, Gzip.maximumBytes)
        var status = Z_OK
        // A byte more than allowed tells what is too large from what just fits.
        let restored = unsafe [UInt8](unsafeUninitializedCapacity: capacity + 1) { target, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                status = unsafe czlib_gunzip(source.baseAddress, source.count, target.baseAddress, capacity + 1, &count)
            }
        }
        if restored.count > capacity {
            throw CompressionError(.tooLarge, "gzip that holds more than the \(capacity) bytes allowed: send smaller bodies")
        }
        guard status == Z_OK else { throw CompressionError(.corrupt, "\(bytes.count) bytes that are not whole gzip") }
        return restored
    }
}
