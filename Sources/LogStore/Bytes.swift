import Glibc

/// What the C library does faster than a loop over an array.
enum Bytes {
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { a in
            unsafe right.withUnsafeBytes { b in
                guard let x = a.baseAddress, let y = b.baseAddress else { return true }
                return unsafe memcmp(x, y, a.count) == 0
            }
        }
    }

    /// Appends a part of some bytes to others.
    @inline(__always)
    static func append(_ source: [UInt8], _ range: Range<Int>, to bytes: inout [UInt8]) {
        guard !range.isEmpty else { return }
        unsafe source.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// Little-endian words of eight bytes each.
    static func words(_ bytes: [UInt8]) -> [UInt64] {
        unsafe bytes.withUnsafeBytes { source in
            (0..<(source.count / 8)).map {
                unsafe UInt64(littleEndian: source.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
    }
}
