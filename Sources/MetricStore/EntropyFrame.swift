internal import Compression

/// The residuals of one frame, entropy-coded by one of 64 fixed tables.
///
/// ```
/// +-------------------+---------+---------------------+--------------------------------------+-------------
/// | table, 6 bits     | centre  | first two states,   | rest of the token of residual 0, low | ... of
/// | k / 16, 2 bits    | zigzag  | 8 bits each         | k bits, bits to the next state       | residual 1
/// +-------------------+---------+---------------------+--------------------------------------+-------------
/// ```
/// A residual r stands as u = zigzag((r - centre) / divisor). Its low k bits are kept as they are; what is above them is a token, an
/// ``EntropyToken``, and what tells it from others of its class. The escape is followed by six bits of length and the integer without
/// its leading one. A token is told by the state, see ``EntropyTable``; residuals at even and at odd places have a state each, so that
/// the reader works at two at once. After the last residual of each no state follows. The low four bits of k stand in the frame's first
/// byte.
struct EntropyFrame {
    /// Most steps between the least and the greatest residual.
    private static let maximumSpread: UInt64 = 1 << 58

    /// k: bits of a residual that are kept as they are; the same for the whole frame.
    private(set) var lowBits = 0
    /// Estimated size of all of it, in bits.
    private(set) var cost = Int.max
    private var table = 0
    private var centre: Int64 = 0
    private let divisor: UInt64

    /// Finds the cheapest table for residuals that are `least` and a multiple of `divisor` more, up to `spread` multiples.
    init(_ residuals: ArraySlice<Int64>, least: Int64, divisor: UInt64, spread: UInt64) {
        self.divisor = divisor
        let count = residuals.count
        // Beyond that distances no longer fit; such values have no pattern to win from.
        guard count > 0, spread < EntropyFrame.maximumSpread, divisor < EntropyFrame.maximumSpread / max(1, spread) else {
            return
        }
        var sum = 0.0
        for residual in residuals { sum += Double(residual &- least) }
        centre = least &+ Int64((sum / Double(count) / Double(divisor)).rounded()) &* Int64(divisor)
        var histogram = [UInt32](repeating: 0, count: EntropyToken.count)
        var mean = 0.0
        for residual in residuals { mean += Double(Int64(bitPattern: folded(residual))) }
        lowBits = max(0, 60 - Int64(mean / Double(count) + 1).leadingZeroBitCount)
        var rest = 0
        for residual in residuals {
            let w = folded(residual) >> UInt64(lowBits)
            let token = EntropyToken.token(w)
            histogram[token] &+= 1
            if token == EntropyToken.escape { rest += 6 + 63 - w.leadingZeroBitCount }
        }
        for token in 8..<EntropyToken.escape { rest += Int(histogram[token]) * Int(EntropyToken.rest(token)) }
        let (best, bits) = EntropyFrame.cheapest(histogram)
        table = best
        cost = Int(bits / 16) + rest + lowBits * count + 24 + 8 * centre.varintBytes
    }

    private static func cheapest(_ histogram: [UInt32]) -> (table: Int, cost: UInt32) {
        let used = histogram.indices.filter { histogram[$0] > 0 }
        var best = (table: 0, cost: UInt32.max)
        for (number, table) in EntropyTable.trained.enumerated() {
            var cost: UInt32 = 0
            for token in used {
                cost &+= histogram[token] &* table.costs[token]
                if cost >= best.cost { break }
            }
            if cost < best.cost { best = (number, cost) }
        }
        return best
    }

    func write(_ residuals: ArraySlice<Int64>, into bytes: inout [UInt8]) {
        bytes.append(UInt8(table | (lowBits >> 4) << 6))
        Varint.append(signed: centre, to: &bytes)
        UnsafeEntropyCoder.write(
            residuals.count, lowBits: lowBits, EntropyTable.trained[table], into: &bytes
        ) { folded(residuals[residuals.startIndex + $0]) }
    }

    /// Reads residuals at `position`, from the place `leading` on, and moves past them; false where the bytes are damaged.
    static func read(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, into residuals: inout [Int64], leading: Int, divisor: UInt64,
        lowBits: Int
    ) -> Bool {
        guard position < bytes.endIndex else { return false }
        let table = EntropyTable.trained[Int(bytes[position] & 63)]
        let lowBits = lowBits | (Int(bytes[position] >> 6) << 4)
        position += 1
        guard let centre = Varint.readSigned(bytes, at: &position) else { return false }
        return UnsafeEntropyCoder.read(
            bytes, at: &position, into: &residuals, from: leading,
            .init(centre: centre, divisor: Int64(bitPattern: divisor), lowBits: lowBits), table)
    }

    /// How far a residual is from the centre, in steps of the divisor, sign last.
    private func folded(_ residual: Int64) -> UInt64 {
        let distance = residual &- centre
        return Varint.zigzag(divisor == 1 ? distance : distance / Int64(bitPattern: divisor))
    }
}

extension Int64 {
    /// Bytes of its varint.
    fileprivate var varintBytes: Int { (70 - (Varint.zigzag(self) | 1).leadingZeroBitCount) / 7 }
}
