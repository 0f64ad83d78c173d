/// How the numbers of a column are written, so that each is an integer and still comes back to the byte.
enum NumberForm: Sendable, Equatable {
    /// Digits, with `scale` of them after a point; padded with zeros to `digits`, point not counted.
    case fixed(scale: Int, digits: Int)
    /// At most `scale` digits after the point, without zeros at the end; at least `least` of them (Python writes 105.0, JavaScript 105).
    case trimmed(scale: Int, least: Int)
    /// Four numbers up to 255 with points between them.
    case address

    /// Longest number kept as an integer; eighteen digits fit 64 bits.
    static let maximumDigits = 18

    /// A number as it is written.
    struct Written {
        var number: Int64
        var digits: Int
        /// Digits after the point; -1 where there is no point.
        var scale: Int
        var leadingZero: Bool

        /// Nil where the bytes are no number.
        init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
            guard !range.isEmpty, range.count <= NumberForm.maximumDigits + 1 else { return nil }
            var number: Int64 = 0
            var point = -1
            for index in range {
                let digit = bytes[index] &- 0x30
                if digit < 10 {
                    number = number &* 10 &+ Int64(digit)
                } else {
                    guard bytes[index] == ByteClass.dot, point < 0 else { return nil }
                    point = index
                }
            }
            let whole = point < 0 ? range.count : point - range.lowerBound
            digits = point < 0 ? range.count : range.count - 1
            scale = point < 0 ? -1 : range.upperBound - point - 1
            guard digits <= NumberForm.maximumDigits, whole > 0, scale != 0 else { return nil }
            leadingZero = whole > 1 && bytes[range.lowerBound] == 0x30
            self.number = number
        }

        var endsInZero: Bool { number % 10 == 0 }
    }

    /// An address as a number, nil where it would not be written back to the byte.
    static func address(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        guard range.count >= 7, range.count <= 15 else { return nil }
        var result: Int64 = 0
        var part = 0
        var digits = 0
        var parts = 1
        for index in range {
            let digit = bytes[index] &- 0x30
            if digit < 10 {
                guard digits == 0 || part > 0 else { return nil }
                part = part * 10 + Int(digit)
                digits += 1
                guard part <= 255 else { return nil }
            } else {
                guard bytes[index] == ByteClass.dot, digits > 0 else { return nil }
                result = result << 8 | Int64(part)
                part = 0
                digits = 0
                parts += 1
            }
        }
        guard parts == 4, digits > 0 else { return nil }
        return result << 8 | Int64(part)
    }

    /// Appends a number as it was written.
    func append(_ number: Int64, to bytes: inout [UInt8]) {
        switch self {
        case .fixed(let scale, let digits):
            NumberForm.append(number, scale: scale, digits: digits, to: &bytes)
        case .trimmed(var scale, let least):
            var number = number
            while scale > least, number % 10 == 0 {
                number /= 10
                scale -= 1
            }
            NumberForm.append(number, scale: scale, digits: 0, to: &bytes)
        case .address:
            for shift in stride(from: Int64(24), through: 0, by: -8) {
                NumberForm.append(number >> shift & 255, scale: 0, digits: 0, to: &bytes)
                if shift > 0 { bytes.append(ByteClass.dot) }
            }
        }
    }

    /// Appends digits, at least so many, a point before the last `scale` of them.
    static func append(_ number: Int64, scale: Int, digits: Int, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: number)
        let wanted = max(digits, scale + 1)
        var text = InlineArray<24, UInt8>(repeating: 0x30)
        var place = 24
        var written = 0
        while (rest > 0 || written < wanted) && place > 1 {
            if scale > 0 && written == scale {
                place -= 1
                text[place] = ByteClass.dot
            }
            place -= 1
            text[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            written += 1
        }
        bytes.append(addingCapacity: 24 - place) { output in
            while place < 24 {
                output.append(text[place])
                place += 1
            }
        }
    }

    func encode(into writer: inout ByteWriter) {
        switch self {
        case .fixed(let scale, let digits):
            writer.byte(0)
            writer.byte(UInt8(scale))
            writer.byte(UInt8(digits))
        case .trimmed(let scale, let least):
            writer.byte(1)
            writer.byte(UInt8(scale))
            writer.byte(UInt8(least))
        case .address:
            writer.byte(2)
        }
    }

    init(from reader: inout ByteReader) throws(LogStoreError) {
        let kind = try reader.byte()
        if kind == 2 {
            self = .address
            return
        }
        let scale = Int(try reader.byte())
        let second = Int(try reader.byte())
        guard kind < 2, scale <= NumberForm.maximumDigits, second <= NumberForm.maximumDigits + 2 else {
            throw .corrupt("number form \(kind) of \(scale) digits after the point")
        }
        self = kind == 0 ? .fixed(scale: scale, digits: second) : .trimmed(scale: scale, least: second)
    }
}
