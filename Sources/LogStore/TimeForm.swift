import Telemetry

/// The ways services write the time of an entry inside its line.
///
/// Such a text is kept as its difference to the entry's own time, in the unit of its last digit: mostly nothing at all. A text that would
/// not be written back to the byte (a day 31 of February, a leap second) is no time.
struct TimeForm: Sendable, Hashable {
    /// The order of the parts.
    enum Kind: UInt8, Sendable {
        /// `2026-11-22T00:00:01`
        case iso = 0
        /// `2026-11-22 00:00:01`
        case isoSpaced = 1
        /// `22/Nov/2026:00:00:01`, as web servers write it.
        case common = 2
        /// `Nov 22 00:00:01`, without a year: RFC 3164.
        case syslog = 3
    }

    let kind: Kind
    /// Digits after the second.
    let digits: Int
    /// A comma instead of a point before them.
    let comma: Bool
    /// A `Z` at the end.
    let zulu: Bool

    init(kind: Kind, digits: Int = 0, comma: Bool = false, zulu: Bool = false) {
        self.kind = kind
        self.digits = digits
        self.comma = comma
        self.zulu = zulu
    }

    init(code: UInt8) throws(LogStoreError) {
        kind = Kind(rawValue: code & 3) ?? .iso
        digits = Int(code >> 2 & 15)
        comma = code & 64 != 0
        zulu = code & 128 != 0
        guard digits <= 9 else { throw .corrupt("time of \(digits) digits after the second") }
    }

    /// The form as one byte.
    var code: UInt8 { kind.rawValue | UInt8(digits) << 2 | (comma ? 64 : 0) | (zulu ? 128 : 0) }

    /// Powers of ten, as literals: they are wanted for each time, and need no check whether they were computed.
    static let powers: [Int64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ]
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map {
        Array($0.utf8)
    }

    /// The entry's time in units of the last digit, rounded down.
    func units(of time: Nanoseconds) -> Int64 {
        let unit = TimeForm.powers[9 - digits]
        let quotient = time / unit
        return time % unit < 0 ? quotient - 1 : quotient
    }

    /// Appends the text of a time given in units of the last digit.
    func append(_ units: Int64, to bytes: inout [UInt8]) {
        let scale = TimeForm.powers[digits]
        var seconds = units / scale
        if units % scale < 0 { seconds -= 1 }
        let fraction = units &- seconds &* scale
        let days = seconds >= 0 ? seconds / 86_400 : (seconds &- 86_399) / 86_400
        let rest = Int(seconds &- days &* 86_400)
        let date = CivilDate(daysSince1970: days)
        switch kind {
        case .iso, .isoSpaced:
            TimeForm.appendDigits(date.year, 4, to: &bytes)
            bytes.append(0x2d)
            TimeForm.appendDigits(date.month, 2, to: &bytes)
            bytes.append(0x2d)
            TimeForm.appendDigits(date.day, 2, to: &bytes)
            bytes.append(kind == .iso ? 0x54 : 0x20)
        case .common:
            TimeForm.appendDigits(date.day, 2, to: &bytes)
            bytes.append(0x2f)
            bytes.append(contentsOf: TimeForm.months[date.month - 1])
            bytes.append(0x2f)
            TimeForm.appendDigits(date.year, 4, to: &bytes)
            bytes.append(0x3a)
        case .syslog:
            bytes.append(contentsOf: TimeForm.months[date.month - 1])
            bytes.append(0x20)
            if date.day < 10 { bytes.append(0x20) }
            TimeForm.appendDigits(date.day, date.day < 10 ? 1 : 2, to: &bytes)
            bytes.append(0x20)
        }
        TimeForm.appendDigits(rest / 3600, 2, to: &bytes)
        bytes.append(0x3a)
        TimeForm.appendDigits(rest / 60 % 60, 2, to: &bytes)
        bytes.append(0x3a)
        TimeForm.appendDigits(rest % 60, 2, to: &bytes)
        if digits > 0 {
            bytes.append(comma ? 0x2c : 0x2e)
            TimeForm.appendDigits(Int(fraction), digits, to: &bytes)
        }
        if zulu { bytes.append(0x5a) }
    }

    static func appendDigits(_ number: Int, _ digits: Int, to bytes: inout [UInt8]) {
        NumberForm.append(Int64(number), scale: 0, digits: digits, to: &bytes)
    }
}

/// A day of the Gregorian calendar (the algorithms of Howard Hinnant's "chrono-compatible low-level date algorithms").
struct CivilDate: Sendable {
    let year: Int
    let month: Int
    let day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSince1970 days: Int64) {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return Int64(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }
}
