/// How many different values there were, in 16 KiB (HyperLogLog, Flajolet et al., 2007): off by 0.8 % as a rule, exact for few.
package struct DistinctCount: Sendable {
    private static let bits = 14
    private static let registers = 1 << bits

    private var ranks = [UInt8](repeating: 0, count: registers)

    /// Of nothing.
    package init() {}

    /// Counts a value by its hash.
    package mutating func add(hash: UInt64) {
        // Spread once more: the low bits choose slots elsewhere.
        let spread = (hash ^ hash >> 29) &* 0xbf58_476d_1ce4_e5b9
        let register = Int(spread >> UInt64(64 - DistinctCount.bits))
        let rest = spread << UInt64(DistinctCount.bits) | 1 << UInt64(DistinctCount.bits - 1)
        let rank = UInt8(rest.leadingZeroBitCount + 1)
        if ranks[register] < rank { ranks[register] = rank }
    }

    /// The estimate.
    package var estimate: Int {
        let count = Double(DistinctCount.registers)
        var sum = 0.0
        var empty = 0
        for rank in ranks {
            sum += Double(sign: .plus, exponent: -Int(rank), significand: 1)
            if rank == 0 { empty += 1 }
        }
        let raw = 0.7213 / (1 + 1.079 / count) * count * count / sum
        // Few values leave registers empty, which tells more.
        guard raw <= 2.5 * count, empty > 0 else { return Int(raw.rounded()) }
        return Int((count * DistinctCount.logarithm(count / Double(empty))).rounded())
    }

    /// The natural logarithm of a number of at least 1, by its exponent and the series of the area tangent: no library below the engines.
    private static func logarithm(_ value: Double) -> Double {
        let (exponent, significand) = (Double(value.exponent), value.significand)
        let ratio = (significand - 1) / (significand + 1)
        var (term, sum) = (ratio, 0.0)
        for order in stride(from: 1.0, through: 41, by: 2) {
            sum += term / order
            term *= ratio * ratio
        }
        return 2 * sum + exponent * 0.693_147_180_559_945_3
    }
}
