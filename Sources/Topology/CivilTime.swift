/// The calendar, as far as bills and schedules need it: days, weekdays and months of milliseconds since 1970, in UTC.
package enum CivilTime {
    /// Milliseconds of a day.
    package static let day: Int64 = 86_400_000

    /// Whole days since 1970-01-01, rounded down.
    package static func dayNumber(_ time: Int64) -> Int64 {
        time >= 0 ? time / day : -((-time + day - 1) / day)
    }

    /// Midnight before a moment.
    package static func startOfDay(_ time: Int64) -> Int64 { dayNumber(time) * day }

    /// Midnight of the first of the month.
    package static func startOfMonth(_ time: Int64) -> Int64 {
        let date = date(ofDay: dayNumber(time))
        return dayNumber(year: date.year, month: date.month, day: 1) * day
    }

    /// 0 for Monday to 6 for Sunday.
    package static func weekday(ofDay number: Int64) -> Int {
        // 1970-01-01 was a Thursday.
        Int(((number + 3) % 7 + 7) % 7)
    }

    /// The date of a day, by the proleptic Gregorian calendar. Years are counted from March, so that a leap day ends one.
    package static func date(ofDay number: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    /// The number of a date's day.
    package static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Days of a month.
    package static func days(ofMonth month: Int64, year: Int64) -> Int64 {
        let next = month == 12 ? dayNumber(year: year + 1, month: 1, day: 1) : dayNumber(year: year, month: month + 1, day: 1)
        return next - dayNumber(year: year, month: month, day: 1)
    }
}
