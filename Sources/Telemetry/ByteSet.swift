/// A set of bytes: which ones may stand in a text.
package struct ByteSet: Sendable, Equatable {
    private var bits = SIMD4<UInt64>()

    package init() {}

    package init(_ bytes: some Sequence<UInt8>) { insert(contentsOf: bytes) }

    package func contains(_ byte: UInt8) -> Bool { bits[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 }

    package mutating func insert(_ byte: UInt8) { bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    package mutating func insert(contentsOf bytes: some Sequence<UInt8>) {
        for byte in bytes { insert(byte) }
    }

    package mutating func formUnion(_ other: ByteSet) { bits |= other.bits }

    package func isSubset(of other: ByteSet) -> Bool { bits & ~other.bits == SIMD4() }

    package func intersects(_ other: ByteSet) -> Bool { bits & other.bits != SIMD4() }
}
