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
