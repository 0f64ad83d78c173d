/// Numbers without a text in between: answers are mostly numbers, and most of those have few digits.
extension JSONWriter {
    private static let powers: [Double] = [1, 10, 100, 1_000, 10_000]
    /// Decimals of up to 15 digits are told apart by doubles, so the one that a double is nearest to is its shortest form.
    private static let largest = 1e15

    /// Appends what ``text(of:)`` gives.
    mutating func append(number value: Double) {
        let magnitude = value.magnitude
        for places in JSONWriter.powers.indices {
            let scaled = (magnitude * JSONWriter.powers[places]).rounded()
            // Not so of NaN either.
            guard scaled < JSONWriter.largest else { break }
            guard scaled / JSONWriter.powers[places] == magnitude else { continue }
            if value.sign == .minus {
                if value == 0 { break }
                bytes.append(UInt8(ascii: "-"))
            }
            return append(decimal: UInt64(scaled), places: places)
        }
        bytes.append(contentsOf: JSONWriter.text(of: value).utf8)
    }

    /// Appends an integer with so many of its digits behind the point.
    mutating func append(decimal value: UInt64, places: Int = 0) {
        var digits = 1
        var bound: UInt64 = 10
        while digits < 19, value >= bound {
            digits += 1
            bound *= 10
        }
        if digits == 19, value >= bound { digits = 20 }
        let length = max(digits, places + 1) + (places > 0 ? 1 : 0)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: length))
        var rest = value
        var index = bytes.count - 1
        for place in 0..<max(digits, places + 1) {
            if place == places, places > 0 {
                bytes[index] = UInt8(ascii: ".")
                index -= 1
            }
            bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            index -= 1
        }
    }
}
