internal import Compression

/// The values of one chunk, bit for bit, in the cheapest of three forms.
///
/// ```
/// plain          0                 | integer frame of the patterns, mapped so that order is kept
/// decimal        1 + 2 e + x       | exceptions | frame of m where value = m / 10^e exactly
/// decimal + ulp  1 + 2 (18 + e) + x | exceptions | frame of m | frame of how many patterns the value is off from m / 10^e
/// exceptions     where x is 1: count | (gap since the last, pattern 8 B) ...
/// ```
/// Exceptions are values that no decimal can stand for: NaN with its payload (stale markers among them), infinities, -0, and the
/// rare odd one. In the frame such a place repeats its predecessor, so it costs no width.
enum ValueColumn {
    /// Largest integer that a decimal may have: beyond it doubles skip integers.
    private static let largest = 9_007_199_254_740_992.0
    /// How far off, in neighbouring doubles, a value may be from its decimal in form 2.
    private static let largestDrift: Int64 = 128
    /// Decimal places up to which values are taken to be meant so.
    private static let usualExponent = 9
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    ]

    private struct Decimals {
        var exponent: Int
        var integers: [Int64]
        var drifts: [Int64]
        var exceptions: [Int]
    }

    static func encode(_ values: some Collection<Double>) -> [UInt8] {
        let values = Array(values)
        let exact = exact(values).map { ($0.exponent, write($0, values, kind: 1)) }
        if let (exponent, bytes) = exact, exponent <= usualExponent { return bytes }
        // So many decimals are hardly what was measured: rather a sum of decimals that is a few ulps off, or no decimals at all.
        let drifting = drifting(values).map { write($0, values, kind: 2) }
        var plain: [UInt8] = [0]
        if exact == nil { IntegerFrame.encode(values.map(ordered), into: &plain) }
        let candidates = [exact?.1, drifting, exact == nil ? plain : nil].compactMap(\.self)
        return candidates.min { $0.count < $1.count } ?? plain
    }

    /// The kind of a column, whose first byte tells an exponent as well: 0 to 2 as drawn above, 3 for a ``DetailColumn``, 4 for an
    /// ``AggregateColumn``.
    static func kind(of form: UInt8) -> UInt8 {
        if form == 0 { return 0 }
        if AggregateColumn.isMarked([form]) { return 4 }
        return UInt8(min(Int(form - 1) / 2 / powers.count + 1, 3))
    }

    /// What a kind of column is called.
    static func name(of kind: UInt8) -> String {
        switch kind {
        case 0: "patterns"
        case 1: "decimals"
        case 2: "decimals with drift"
        case 3: "histograms"
        default: "aggregates"
        }
    }

    /// Whether a column that begins so holds no exceptions, and so no stale marker.
    static func isPlain(_ form: UInt8) -> Bool { form > 0 && form < 128 && (form - 1) & 1 == 0 }

    /// Reads `count` values; `nil` where the bytes are damaged.
    static func decode(_ bytes: ArraySlice<UInt8>, count: Int) -> [Double]? {
        var values: [Double] = []
        var scratch: [Int64] = []
        return decode(bytes, count: count, 0..<count, into: &values, scratch: &scratch) ? values : nil
    }

    /// Adds some of `count` values to a list.
    /// - Parameter scratch: room that is used again and again.
    /// - Returns: false where the bytes are damaged.
    static func decode(
        _ bytes: ArraySlice<UInt8>, count: Int, _ wanted: Range<Int>, into values: inout [Double], scratch: inout [Int64]
    ) -> Bool {
        guard let form = bytes.first else { return count == 0 }
        var position = bytes.startIndex + 1
        if form == 0 {
            guard IntegerFrame.decode(bytes, at: &position, count: count, into: &scratch) else { return false }
            values.reserveCapacity(values.count + wanted.count)
            for index in wanted { values.append(double(ordered: scratch[index])) }
            return true
        }
        let (kind, exponent) = (Int(form - 1) / 2 / powers.count + 1, Int(form - 1) / 2 % powers.count)
        guard kind <= 2, let exceptions = exceptions(bytes, at: &position, count: count, areThere: (form - 1) & 1 == 1) else {
            return false
        }
        let power = powers[exponent]
        guard IntegerFrame.decode(bytes, at: &position, count: count, into: &scratch) else { return false }
        let start = values.count
        values.append(contentsOf: repeatElement(0, count: wanted.count))
        unsafe values.withUnsafeMutableBufferPointer { values in
            for index in wanted {
                let integer = Double(scratch[index])
                unsafe values[start + index - wanted.lowerBound] = power == 1 ? integer : integer / power
            }
        }
        if kind == 2 {
            guard IntegerFrame.decode(bytes, at: &position, count: count, into: &scratch) else { return false }
            for index in wanted where scratch[index] != 0 {
                let place = start + index - wanted.lowerBound
                values[place] = double(ordered: ordered(values[place]) &+ scratch[index])
            }
        }
        for (place, pattern) in exceptions where wanted.contains(place) {
            values[start + place - wanted.lowerBound] = Double(bitPattern: pattern)
        }
        return true
    }

    /// What no decimal can stand for, with its places.
    private static func exceptions(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, count: Int, areThere: Bool
    ) -> [(Int, UInt64)]? {
        guard areThere else { return [] }
        guard let exceptionCount = Varint.read(bytes, at: &position), exceptionCount <= count else { return nil }
        var list: [(Int, UInt64)] = []
        var place = -1
        for _ in 0..<exceptionCount {
            guard let gap = Varint.read(bytes, at: &position), gap < count, position + 8 <= bytes.endIndex else { return nil }
            place += 1 + Int(gap)
            guard place < count else { return nil }
            var pattern: UInt64 = 0
            for offset in 0..<8 { pattern |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
            position += 8
            list.append((place, pattern))
        }
        return list
    }

    /// Values as `m / 10^e`, exact but for few exceptions.
    private static func exact(_ values: [Double]) -> Decimals? {
        var exponent = 0
        let tolerated = values.count / 64 + 1
        var misses = 0
        for value in values where value.isFinite {
            var candidate = exponent
            while candidate < powers.count, integer(value, powers[candidate]) == nil { candidate += 1 }
            if candidate < powers.count {
                exponent = candidate
            } else {
                misses += 1
                if misses > tolerated { return nil }
            }
        }
        var result = Decimals(exponent: exponent, integers: [], drifts: [], exceptions: [])
        result.integers.reserveCapacity(values.count)
        misses = 0
        for (index, value) in values.enumerated() {
            if let integer = integer(value, powers[exponent]) {
                result.integers.append(integer)
            } else {
                if value.isFinite { misses += 1 }
                result.exceptions.append(index)
                result.integers.append(result.integers.last ?? 0)
            }
        }
        return misses > tolerated ? nil : result
    }

    /// Values near `m / 10^e`, as sums of decimals are; the distance is kept beside.
    private static func drifting(_ values: [Double]) -> Decimals? {
        let probes = values.lazy.filter(\.isFinite).prefix(8)
        guard !probes.isEmpty else { return nil }
        guard let exponent = (0...9).first(where: { exponent in probes.allSatisfy { drift($0, powers[exponent]) != nil } })
        else { return nil }
        var result = Decimals(exponent: exponent, integers: [], drifts: [], exceptions: [])
        var misses = 0
        for (index, value) in values.enumerated() {
            if let (integer, drift) = drift(value, powers[exponent]) {
                result.integers.append(integer)
                result.drifts.append(drift)
            } else {
                if value.isFinite { misses += 1 }
                if misses > values.count / 64 + 1 { return nil }
                result.exceptions.append(index)
                result.integers.append(result.integers.last ?? 0)
                result.drifts.append(0)
            }
        }
        return result
    }

    private static func write(_ decimals: Decimals, _ values: [Double], kind: UInt8) -> [UInt8] {
        let form = 2 * (Int(kind - 1) * powers.count + decimals.exponent) + (decimals.exceptions.isEmpty ? 0 : 1)
        var bytes = [UInt8(1 + form)]
        if !decimals.exceptions.isEmpty { Varint.append(UInt64(decimals.exceptions.count), to: &bytes) }
        var last = -1
        for place in decimals.exceptions {
            Varint.append(UInt64(place - last - 1), to: &bytes)
            let pattern = values[place].bitPattern
            for offset in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: pattern >> UInt64(8 * offset))) }
            last = place
        }
        IntegerFrame.encode(decimals.integers, into: &bytes)
        if kind == 2 { IntegerFrame.encode(decimals.drifts, into: &bytes) }
        return bytes
    }

    private static func integer(_ value: Double, _ power: Double) -> Int64? {
        let product = value * power
        guard abs(product) <= largest else { return nil }
        // The nearest integer; the comparison below refuses what this rounds the wrong way, as there is no exact one then.
        let integer = Int64(product + (product < 0 ? -0.5 : 0.5))
        guard (Double(integer) / power).bitPattern == value.bitPattern else { return nil }
        return integer
    }

    private static func drift(_ value: Double, _ power: Double) -> (Int64, Int64)? {
        let scaled = (value * power).rounded()
        guard abs(scaled) <= largest else { return nil }
        let integer = Int64(scaled)
        let distance = ordered(value).subtractingReportingOverflow(ordered(Double(integer) / power))
        guard !distance.overflow, abs(distance.partialValue) <= largestDrift else { return nil }
        return (integer, distance.partialValue)
    }

    /// The pattern as an integer that is larger where the double is.
    private static func ordered(_ value: Double) -> Int64 {
        let pattern = Int64(bitPattern: value.bitPattern)
        return pattern >= 0 ? pattern : pattern ^ .max
    }

    private static func double(ordered value: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: value >= 0 ? value : value ^ .max))
    }
}
