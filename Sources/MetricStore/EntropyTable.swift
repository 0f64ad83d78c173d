/// One fixed distribution of tokens, as the two automata of a table-driven asymmetric numeral system.
///
/// Writing goes from the last token to the first, reading from the first to the last; a state is an integer from 256 to 511, of which
/// the low eight bits are kept. See J. Duda, "Asymmetric numeral systems", arXiv 1311.2540.
struct EntropyTable: Sendable {
    /// What reading does in a state, in one word: value 16 bits, rest 4, bits 4, next 8.
    struct Reading: Sendable {
        private static let escapeRest: UInt32 = 15

        private let word: UInt32

        /// - Parameters:
        ///   - rest: bits that are added to the value; 255 for the escape.
        ///   - bits: bits that are added to `next`.
        init(value: UInt16, rest: UInt8, bits: Int, next: Int) {
            let rest = rest == 255 ? Reading.escapeRest : UInt32(rest)
            word = UInt32(value) | rest << 16 | UInt32(bits) << 20 | UInt32(next) << 24
        }

        /// The token's least value.
        @inline(__always) var value: Int { Int(word & 0xffff) }
        /// Bits to read that are added to it. Of no meaning for the escape.
        @inline(__always) var rest: Int { Int(word >> 16 & 15) }
        @inline(__always) var isEscape: Bool { word >> 16 & 15 == Reading.escapeRest }
        /// Bits to read after that, and what to add them to, for the next state less 256.
        @inline(__always) var bits: Int { Int(word >> 20 & 15) }
        @inline(__always) var next: Int { Int(word >> 24) }
        /// Bits of both.
        @inline(__always) var allBits: Int { rest &+ bits }
    }

    /// What writing a token does.
    struct Writing: Sendable {
        /// (state + this) >> 16 is how many low bits of the state are written.
        var bits: UInt32
        /// What is left of the state, plus this, is a place in ``successors``.
        var offset: Int32
        /// The least that can be left of a state.
        var firstRest: Int32
    }

    static let states = 256
    /// Sixteenths of a bit; what a token that the table does not know costs.
    static let impossible: UInt32 = 1 << 20

    /// By state less 256.
    let reading: [Reading]
    /// By token.
    let writing: [Writing]
    /// The states of each token in ascending order, token after token.
    let successors: [UInt16]
    /// By token, in sixteenths of a bit.
    let costs: [UInt32]

    /// - Parameter counts: how often each token comes, 256 in all.
    init(counts: [Int]) {
        precondition(counts.count == EntropyToken.count && counts.reduce(0, +) == EntropyTable.states)
        let spread = EntropyTable.spread(counts)
        var next = counts
        reading = spread.map { token in
            let x = next[token]
            next[token] += 1
            let bits = 8 - EntropyTable.logarithm(x)
            return Reading(
                value: EntropyToken.least(token), rest: EntropyToken.rest(token), bits: bits,
                next: (x << bits) & (EntropyTable.states - 1))
        }
        var writing: [Writing] = []
        var successors: [UInt16] = []
        for (token, count) in counts.enumerated() {
            let most = count > 1 ? 8 - EntropyTable.logarithm(count - 1) : 8
            let bits = UInt32(most) << 16 &- UInt32(count) << UInt32(most)
            writing.append(Writing(bits: bits, offset: Int32(successors.count - count), firstRest: Int32(count)))
            successors += spread.indices.filter { spread[$0] == token }.map { UInt16($0 + EntropyTable.states) }
        }
        self.writing = writing
        self.successors = successors
        costs = counts.map { $0 == 0 ? EntropyTable.impossible : EntropyTable.cost(of: $0) }
    }

    private static func logarithm(_ value: Int) -> Int { Int.bitWidth - 1 - value.leadingZeroBitCount }

    /// The tokens over the states, evenly: the step is odd and so meets every state once.
    private static func spread(_ counts: [Int]) -> [Int] {
        var spread = [Int](repeating: 0, count: states)
        var place = 0
        for (token, count) in counts.enumerated() {
            for _ in 0..<count {
                spread[place] = token
                place = (place + 163) & (states - 1)
            }
        }
        return spread
    }

    /// Sixteenths of a bit that a token costs which comes `count` times of 256: the logarithm by repeated squaring.
    private static func cost(of count: Int) -> UInt32 {
        var value = Double(states) / Double(count)
        var whole: UInt32 = 0
        while value >= 2 {
            value /= 2
            whole += 1
        }
        var fraction: UInt32 = 0
        for _ in 0..<4 {
            value *= value
            fraction *= 2
            if value >= 2 {
                value /= 2
                fraction += 1
            }
        }
        return whole * 16 + fraction
    }

    /// The trained tables. Their order is part of the format: a frame names its table by number.
    static let trained: [EntropyTable] = ResidualTables.text.split(separator: "\n").map { line in
        let parts = line.split(separator: ":")
        var counts = parts[0].split(separator: " ").compactMap { Int($0) }
        counts += Array(repeating: 0, count: EntropyToken.escape - counts.count)
        counts.append(Int(parts[1].split(separator: " ")[0]) ?? 0)
        return EntropyTable(counts: counts)
    }
}

/// Classes of non-negative integers: each below 8 is one, then four to an octave; from 5 * 2^10 on, all are the escape.
enum EntropyToken {
    static let count = 46
    static let escape = 45

    static func token(_ w: UInt64) -> Int {
        guard w >= 8 else { return Int(truncatingIfNeeded: w) }
        let exponent = 63 &- w.leadingZeroBitCount
        return min(escape, 8 &+ (exponent &- 3) &* 4 &+ Int(truncatingIfNeeded: w >> UInt64(exponent &- 2) & 3))
    }

    /// The least integer of a class.
    static func least(_ token: Int) -> UInt16 {
        if token < 8 { return UInt16(token) }
        return token == escape ? 0 : UInt16(4 + (token - 8) & 3) << UInt16((token - 8) / 4 + 1)
    }

    /// Bits that tell which of its class an integer is; 255 for the escape, whose integers tell their length themselves.
    static func rest(_ token: Int) -> UInt8 {
        if token < 8 { return 0 }
        return token == escape ? 255 : UInt8((token - 8) / 4 + 1)
    }
}
