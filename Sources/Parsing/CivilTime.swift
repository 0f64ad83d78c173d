/// Dates of log lines to seconds and back, in the proleptic Gregorian calendar, without a calendar object.
package enum CivilTime {
    /// Seconds since 1970-01-01 UTC of a date and time of day; fields are taken as they are, out of range or not.
    package static func seconds(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
    ) -> Int64 {
        Int64(days(year: year, month: month, day: day)) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    /// Days since 1970-01-01. Years begin in March here, so that the leap day is the last of its year.
    package static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// A time in nanoseconds since 1970 as RFC 3339 writes it, in UTC, with as many digits of the fraction as it needs: `2026-11-24T08:00:00.5Z`.
    package static func rfc3339(nanoseconds: Int64) -> String {
        let (seconds, rest) = floorDivided(nanoseconds, 1_000_000_000)
        let (days, second) = floorDivided(seconds, 86_400)
        // The inverse of ``days(year:month:day:)``: eras of 400 years, years that begin in March.
        let (era, dayOfEra) = floorDivided(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2))"
        let time = "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        var fraction = rest == 0 ? "" : "." + padded(rest, 9)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(date)T\(time)\(fraction)Z"
    }

    private static func floorDivided(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The number (1 to 12) of an English month's three letters, in any case; nil for anything else.
    package static func month(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int? {
        let key = UInt32(first | 0x20) << 16 | UInt32(second | 0x20) << 8 | UInt32(third | 0x20)
        switch key {
        case 0x6a616e: return 1
        case 0x666562: return 2
        case 0x6d6172: return 3
        case 0x617072: return 4
        case 0x6d6179: return 5
        case 0x6a756e: return 6
        case 0x6a756c: return 7
        case 0x617567: return 8
        case 0x736570: return 9
        case 0x6f6374: return 10
        case 0x6e6f76: return 11
        case 0x646563: return 12
        default: return nil
        }
    }
}
