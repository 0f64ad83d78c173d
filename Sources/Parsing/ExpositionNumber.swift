/// Reads decimal numbers from bytes without a string where that is exact.
enum ExpositionNumber {
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ]

    /// The double nearest to the text, or nil where it is no number.
    static func double(_ bytes: [UInt8], in range: Range<Int>) -> Double? {
        var index = range.lowerBound
        var negative = false
        if index < range.upperBound, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
            negative = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        var mantissa: UInt64 = 0
        var digits = 0
        var decimals = 0
        var afterPoint = false
        while index < range.upperBound {
            let byte = bytes[index]
            if let digit = byte.decimalDigit {
                // Beyond 18 digits the mantissa may overflow; the slow way is exact.
                guard mantissa < 100_000_000_000_000_000 else { return slow(bytes, in: range) }
                mantissa = mantissa * 10 + UInt64(digit)
                digits += 1
                if afterPoint { decimals += 1 }
            } else if byte == UInt8(ascii: "."), !afterPoint {
                afterPoint = true
            } else {
                return slow(bytes, in: range)
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        // Both are exact below these limits, so one division rounds correctly (Clinger's fast path).
        guard mantissa <= 1 << 53, decimals < powers.count else { return slow(bytes, in: range) }
        let value = Double(mantissa) / powers[decimals]
        return negative ? -value : value
    }

    private static func slow(_ bytes: [UInt8], in range: Range<Int>) -> Double? {
        // Swift's reader and Go's differ in the payload forms of NaN, which no exporter writes.
        Double(String(decoding: bytes[range], as: UTF8.self))
    }
}
