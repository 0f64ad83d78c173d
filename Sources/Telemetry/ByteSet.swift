/// A set of bytes: which ones may stand in a text.
package struct ByteSet: Sendable, Equatable {
    private var bits = SIMD4<UInt64>()

    package init() {}

    package init(_ bytes: [UInt8]) { insert(contentsOf: bytes) }

    package func contains(_ byte: UInt8) -> Bool { bits[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 }

    package mutating func insert(_ byte: UInt8) { bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    package mutating func insert(contentsOf bytes: [UInt8]) {
        // A flag a byte first: it is set without waiting for the one before.
        var seen = InlineArray<256, Bool>(repeating: false)
        for byte in bytes { seen[Int(byte)] = true }
        for byte in 0..<256 where seen[byte] { insert(UInt8(byte)) }
    }

    package mutating func formUnion(_ other: ByteSet) { bits |= other.bits }

    package func isSubset(of other: ByteSet) -> Bool { bits & ~other.bits == SIMD4() }

    package func intersects(_ other: ByteSet) -> Bool { bits & other.bits != SIMD4() }
}
