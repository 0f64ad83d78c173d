/// How the numbers of a column are written: digits only, with `scale` of them after a point.
struct NumberForm {
    /// Longest number kept as an integer; eighteen digits fit 64 bits.
    static let maximumDigits = 18

    let scale: Int

    /// The form of one value, nil where it is no number.
    init?(_ bytes: [UInt8], _ value: Range<Int>) {
        guard !value.isEmpty else { return nil }
        var point: Int?
        for index in value {
            if bytes[index] == ByteClass.dot {
                guard point == nil else { return nil }
                point = index
            } else if !(0x30...0x39).contains(bytes[index]) {
                return nil
            }
        }
        scale = point.map { value.upperBound - $0 - 1 } ?? 0
        if let point, scale == 0 || point == value.lowerBound { return nil }
    }

    /// The value without its point, nil where it is not written in this form.
    func parse(_ bytes: [UInt8], _ value: Range<Int>) -> Int64? {
        let digits = value.count - (scale > 0 ? 1 : 0)
        guard digits > scale, digits <= NumberForm.maximumDigits else { return nil }
        let point = scale > 0 ? value.upperBound - scale - 1 : -1
        var number: Int64 = 0
        for index in value {
            let byte = bytes[index]
            if index == point {
                guard byte == ByteClass.dot else { return nil }
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        return number
    }

    /// Whether the number has no leading zeros beyond the one before a point.
    func isCanonical(_ bytes: [UInt8], _ value: Range<Int>) -> Bool {
        let whole = value.count - (scale > 0 ? scale + 1 : 0)
        return whole == 1 || bytes[value.lowerBound] != 0x30
    }

    /// Writes a number in decimal, padded with zeros to `digits`, with `scale` of them after a point.
    static func append(_ number: Int64, scale: Int, digits: Int, to bytes: inout [UInt8]) {
        let wanted = max(digits, scale + 1)
        var reversed: (UInt64, Int) = (UInt64(bitPattern: number), 0)
        let start = bytes.count
        while reversed.0 > 0 || reversed.1 < wanted {
            if scale > 0 && reversed.1 == scale { bytes.append(ByteClass.dot) }
            bytes.append(UInt8(0x30 + reversed.0 % 10))
            reversed.0 /= 10
            reversed.1 += 1
        }
        bytes[start...].reverse()
    }
}
