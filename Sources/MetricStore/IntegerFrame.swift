internal import Compression

/// Up to a few hundred integers in the cheapest of three predictions (the raw value, its delta, or the delta's delta), and that in the
/// cheaper of two forms: bit-packed, or entropy-coded.
///
/// ```
/// packed   +-----------+-------+--------------+-----------+---------------+------------------------+
///          | predictor | width | first 0 to 2 | least     | divisor       | (residual - least) /   |
///          | + 4 if a  | 1 B   | values       | residual  | varint, only  | divisor, `width` bits  |
///          | divisor   |       | zigzag       | zigzag    | if announced  | each                   |
///          +-----------+-------+--------------+-----------+---------------+------------------------+
/// entropy  | predictor + 4 + 8 | first values | divisor   | see ``EntropyFrame``                   |
///          | + 16 (k mod 16)   |              |           |                                        |
///          +-------------------+--------------+-----------+----------------------------------------+
/// ```
/// All arithmetic wraps, so every sequence of 64-bit integers comes back exactly.
enum IntegerFrame {
    /// Flags of the first byte.
    private static let divided: UInt8 = 4
    private static let coded: UInt8 = 8

    private struct Plan {
        var predictor = 0
        var least: Int64 = 0
        var divisor: UInt64 = 1
        var width = 0
        /// Set where entropy coding is cheaper than packing.
        var entropy: EntropyFrame?
        /// Bits in all.
        var cost = Int.max
    }

    static func encode(_ values: [Int64], into bytes: inout [UInt8]) {
        guard !values.isEmpty else { return }
        var residuals = values
        var candidates: [(residuals: [Int64], plan: Plan, spread: UInt64)] = []
        for predictor in 0...min(2, values.count - 1) {
            if predictor > 0 {
                for index in stride(from: residuals.count - 1, through: predictor, by: -1) {
                    residuals[index] = residuals[index] &- residuals[index - 1]
                }
            }
            let (plan, spread) = measure(residuals, predictor)
            candidates.append((residuals, plan, spread))
        }
        let narrowest = candidates.map(\.plan.width).min() ?? 0
        // What is much wider when packed is not the narrower when coded either, so the dear estimate is made for the best only.
        for index in candidates.indices where narrowest > 0 && candidates[index].plan.width <= narrowest + 1 {
            if index == 2, candidates[2].plan.width > candidates[1].plan.width { continue }
            let (residuals, plan, spread) = candidates[index]
            let entropy = EntropyFrame(residuals[index...], least: plan.least, divisor: plan.divisor, spread: spread)
            guard entropy.cost < Int.max, entropy.cost + 40 * index < plan.cost else { continue }
            candidates[index].plan.cost = entropy.cost + 40 * index
            candidates[index].plan.entropy = entropy
        }
        guard let best = candidates.min(by: { $0.plan.cost < $1.plan.cost }) else { return }
        write(best.plan, best.residuals, values, into: &bytes)
    }

    /// A plan to pack residuals, and how many multiples of the divisor lie between the least and the greatest.
    private static func measure(_ residuals: [Int64], _ predictor: Int) -> (Plan, spread: UInt64) {
        var least = residuals[predictor]
        var most = least
        for index in predictor..<residuals.count {
            least = min(least, residuals[index])
            most = max(most, residuals[index])
        }
        var divisor: UInt64 = 0
        for index in predictor..<residuals.count {
            divisor = greatestCommonDivisor(divisor, UInt64(bitPattern: residuals[index] &- least))
            if divisor == 1 { break }
        }
        divisor = max(divisor, 1)
        let spread = UInt64(bitPattern: most &- least) / divisor
        var plan = Plan(predictor: predictor, least: least, divisor: divisor, width: 64 - spread.leadingZeroBitCount)
        plan.cost = plan.width * (residuals.count - predictor) + 40 * predictor + 16
        return (plan, spread)
    }

    private static func write(_ plan: Plan, _ residuals: [Int64], _ values: [Int64], into bytes: inout [UInt8]) {
        let form = plan.entropy.map { coded | UInt8($0.lowBits & 15) << 4 } ?? 0
        bytes.append(UInt8(plan.predictor) | (plan.divisor > 1 ? divided : 0) | form)
        if plan.entropy == nil { bytes.append(UInt8(plan.width)) }
        for index in 0..<plan.predictor { Varint.append(signed: values[index], to: &bytes) }
        if plan.entropy == nil { Varint.append(signed: plan.least, to: &bytes) }
        if plan.divisor > 1 { Varint.append(plan.divisor, to: &bytes) }
        if let entropy = plan.entropy {
            return entropy.write(residuals[plan.predictor...], into: &bytes)
        }
        guard plan.width > 0 else { return }
        var writer = BitWriter()
        for index in plan.predictor..<residuals.count {
            let offset = UInt64(bitPattern: residuals[index] &- plan.least)
            writer.write(plan.divisor > 1 ? offset / plan.divisor : offset, plan.width)
        }
        bytes.append(contentsOf: writer.finish())
    }

    /// Reads `count` integers at `position` and moves past them; `nil` where the bytes are damaged.
    static func decode(_ bytes: ArraySlice<UInt8>, at position: inout Int, count: Int) -> [Int64]? {
        var values: [Int64] = []
        return decode(bytes, at: &position, count: count, into: &values) ? values : nil
    }

    /// Replaces `values` by `count` integers read at `position`, and moves past them; false where the bytes are damaged.
    static func decode(_ bytes: ArraySlice<UInt8>, at position: inout Int, count: Int, into values: inout [Int64]) -> Bool {
        if values.count != count { values = [Int64](repeating: 0, count: count) }
        guard count > 0 else { return true }
        guard position < bytes.endIndex, bytes[position] < 16 || bytes[position] & coded != 0 else { return false }
        let header = bytes[position]
        let predictor = Int(header & 3)
        position += 1
        guard predictor <= 2, predictor < count else { return false }
        var width = 0
        if header & coded == 0 {
            guard position < bytes.endIndex, bytes[position] <= 64 else { return false }
            width = Int(bytes[position])
            position += 1
        }
        var firsts: (Int64, Int64) = (0, 0)
        for index in 0..<predictor {
            guard let value = Varint.readSigned(bytes, at: &position) else { return false }
            if index == 0 { firsts.0 = value } else { firsts.1 = value }
        }
        var least: Int64 = 0
        if header & coded == 0 {
            guard let read = Varint.readSigned(bytes, at: &position) else { return false }
            least = read
        }
        var divisor: UInt64 = 1
        if header & divided != 0 {
            guard let read = Varint.read(bytes, at: &position) else { return false }
            divisor = read
        }
        let isSound =
            header & coded != 0
            ? EntropyFrame.read(
                bytes, at: &position, into: &values, leading: predictor, divisor: divisor, lowBits: Int(header >> 4))
            : unpack(bytes, at: &position, into: &values, leading: predictor, width: width, least: least, divisor: divisor)
        guard isSound else { return false }
        integrate(&values, predictor, firsts)
        return true
    }

    /// The residuals from the place `leading` on.
    private static func unpack(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, into residuals: inout [Int64], leading: Int, width: Int, least: Int64,
        divisor: UInt64
    ) -> Bool {
        let packed = (width * (residuals.count - leading) + 7) / 8
        guard position + packed <= bytes.endIndex else { return false }
        defer { position += packed }
        guard width > 0 else {
            for index in leading..<residuals.count { residuals[index] = least }
            return true
        }
        var reader = BitReader(bytes[position..<position + packed])
        for index in leading..<residuals.count {
            residuals[index] = Int64(bitPattern: reader.read(width) &* divisor) &+ least
        }
        return true
    }

    /// Turns residuals into values, in place.
    private static func integrate(_ values: inout [Int64], _ predictor: Int, _ firsts: (Int64, Int64)) {
        guard predictor > 0 else { return }
        values[0] = firsts.0
        if predictor == 2 { values[1] = firsts.1 }
        unsafe values.withUnsafeMutableBufferPointer { values in
            var last = unsafe values[predictor - 1]
            var delta = predictor == 2 ? firsts.1 &- firsts.0 : 0
            for index in predictor..<values.count {
                delta = unsafe predictor == 2 ? delta &+ values[index] : values[index]
                last = last &+ delta
                unsafe values[index] = last
            }
        }
    }

    private static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (a, b) = (left, right)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
