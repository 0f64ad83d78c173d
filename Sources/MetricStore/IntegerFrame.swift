internal import Compression

/// Up to a few hundred integers in the cheapest of three predictions, bit-packed: the raw value, its delta, or the delta's delta.
///
/// ```
/// +-----------+-------+--------------+-----------+---------------+------------------------+
/// | predictor | width | first 0 to 2 | least     | divisor       | (residual - least) /   |
/// | + 4 if a  | 1 B   | values       | residual  | varint, only  | divisor, `width` bits  |
/// | divisor   |       | zigzag       | zigzag    | if announced  | each                   |
/// +-----------+-------+--------------+-----------+---------------+------------------------+
/// ```
/// All arithmetic wraps, so every sequence of 64-bit integers comes back exactly.
enum IntegerFrame {
    private struct Plan {
        var predictor = 0
        var least: Int64 = 0
        var divisor: UInt64 = 1
        var width = 0
    }

    static func encode(_ values: [Int64], into bytes: inout [UInt8]) {
        guard !values.isEmpty else { return }
        var plan = Plan()
        var residuals = values
        var best = values
        var bestCost = Int.max
        for predictor in 0...min(2, values.count - 1) {
            if predictor > 0 {
                for index in stride(from: residuals.count - 1, through: predictor, by: -1) {
                    residuals[index] = residuals[index] &- residuals[index - 1]
                }
            }
            let candidate = measure(residuals, predictor)
            let cost = candidate.width * (values.count - predictor) + 40 * predictor
            if cost < bestCost {
                bestCost = cost
                plan = candidate
                best = residuals
            }
        }
        write(plan, best, values, into: &bytes)
    }

    private static func measure(_ residuals: [Int64], _ predictor: Int) -> Plan {
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
        return Plan(predictor: predictor, least: least, divisor: divisor, width: 64 - spread.leadingZeroBitCount)
    }

    private static func write(_ plan: Plan, _ residuals: [Int64], _ values: [Int64], into bytes: inout [UInt8]) {
        bytes.append(UInt8(plan.predictor) | (plan.divisor > 1 ? 4 : 0))
        bytes.append(UInt8(plan.width))
        for index in 0..<plan.predictor { Varint.append(signed: values[index], to: &bytes) }
        Varint.append(signed: plan.least, to: &bytes)
        if plan.divisor > 1 { Varint.append(plan.divisor, to: &bytes) }
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
        guard count > 0 else { return [] }
        guard position + 2 <= bytes.endIndex else { return nil }
        let predictor = Int(bytes[position] & 3)
        let divided = bytes[position] & 4 != 0
        let width = Int(bytes[position + 1])
        position += 2
        guard bytes[position - 2] < 8, predictor <= 2, predictor < count, width <= 64 else { return nil }
        var values: [Int64] = []
        values.reserveCapacity(count)
        for _ in 0..<predictor {
            guard let value = Varint.readSigned(bytes, at: &position) else { return nil }
            values.append(value)
        }
        guard let least = Varint.readSigned(bytes, at: &position) else { return nil }
        var divisor: UInt64 = 1
        if divided {
            guard let read = Varint.read(bytes, at: &position) else { return nil }
            divisor = read
        }
        let packed = (width * (count - predictor) + 7) / 8
        guard position + packed <= bytes.endIndex else { return nil }
        var reader = BitReader(bytes[position..<position + packed])
        position += packed
        var delta = predictor == 2 ? values[1] &- values[0] : 0
        var last = values.last ?? 0
        for _ in predictor..<count {
            let residual = Int64(bitPattern: reader.read(width) &* divisor) &+ least
            switch predictor {
            case 0: last = residual
            case 1: last = last &+ residual
            default:
                delta = delta &+ residual
                last = last &+ delta
            }
            values.append(last)
        }
        return values
    }

    private static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (a, b) = (left, right)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
