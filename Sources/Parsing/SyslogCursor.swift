/// A place in a header's bytes, and the small steps a header is read in. Each step moves only where it succeeds.
struct SyslogCursor {
    let bytes: [UInt8]
    let end: Int
    var index: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    var peek: UInt8? { index < end ? bytes[index] : nil }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    mutating func skipBlanks() {
        while skip(.blank) {}
    }

    /// Exactly so many digits.
    mutating func number(digits: Int) -> Int? {
        guard index + digits <= end else { return nil }
        var value = 0
        for offset in 0..<digits {
            guard let digit = bytes[index + offset].decimalDigit else { return nil }
            value = value * 10 + digit
        }
        index += digits
        return value
    }

    /// One or two digits.
    mutating func shortNumber() -> Int? { number(digits: 2) ?? number(digits: 1) }

    /// `hh:mm:ss` as seconds of the day; a leap second counts as the one before it.
    mutating func timeOfDay() -> Int? {
        var copy = self
        guard let hour = copy.number(digits: 2), copy.skip(UInt8(ascii: ":")), let minute = copy.number(digits: 2),
            copy.skip(UInt8(ascii: ":")), let second = copy.number(digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        self = copy
        return hour * 3600 + minute * 60 + min(second, 59)
    }

    /// `.123456` as nanoseconds; digits beyond the ninth are dropped.
    mutating func fraction() -> Int64? {
        guard peek == UInt8(ascii: ".") || peek == UInt8(ascii: ","), index + 1 < end,
            bytes[index + 1].decimalDigit != nil
        else { return nil }
        index += 1
        var value: Int64 = 0
        var unit: Int64 = 100_000_000
        while let digit = peek?.decimalDigit {
            value += Int64(digit) * unit
            unit /= 10
            index += 1
        }
        return value
    }

    /// `Z`, `+02:00` or `+0200` as seconds east of UTC.
    mutating func zone() -> Int? {
        if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
        var copy = self
        let west = copy.peek == .minus
        guard copy.skip(.minus) || copy.skip(UInt8(ascii: "+")), let hours = copy.number(digits: 2) else { return nil }
        _ = copy.skip(UInt8(ascii: ":"))
        guard let minutes = copy.number(digits: 2), hours < 24, minutes < 60 else { return nil }
        self = copy
        return (hours * 3600 + minutes * 60) * (west ? -1 : 1)
    }

    /// `Jan` to `Dec` as 1 to 12.
    mutating func monthName() -> Int? {
        guard index + 3 <= end else { return nil }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        for (offset, name) in names.enumerated() where matches(name) {
            index += 3
            return offset + 1
        }
        return nil
    }

    /// The bytes up to the next blank, without it; the cursor then stands after the blank.
    mutating func word() -> Range<Int>? {
        let start = index
        while let byte = peek, byte != .blank { index += 1 }
        guard index > start else { return nil }
        let word = start..<index
        _ = skip(.blank)
        return word
    }

    private func matches(_ name: String) -> Bool {
        bytes[index..<index + 3].elementsEqual(name.utf8)
    }
}
