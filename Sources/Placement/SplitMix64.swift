/// A seeded generator (Steele, Lea and Flood: Fast splittable pseudorandom number generators, 2014): the same problem is searched in
/// the same way every time.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    @inline(__always)
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number below `bound` (at most 2^32) from 32 random bits: multiply and shift, whose bias of bound / 2^32 does no harm here.
    @inline(__always)
    static func number(below bound: Int, from bits: UInt64) -> Int {
        Int(truncatingIfNeeded: ((bits & 0xffff_ffff) &* UInt64(truncatingIfNeeded: bound)) >> 32)
    }
}
