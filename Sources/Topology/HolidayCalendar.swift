/// The public holidays of a country, any year's.
package struct HolidayCalendar: Sendable {
    /// Years that rules are about.
    package static let years: ClosedRange<Int64> = 1900...2299

    /// ISO 3166 codes of the countries that are known, in their order.
    package static let countries: [String] = all.keys.sorted()

    private static let all: [String: [HolidayRule]] = {
        var countries: [String: [HolidayRule]] = [:]
        for line in HolidayRules.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            countries[String(words[0])] = words.dropFirst().map { word in
                guard let rule = HolidayRule(word) else { preconditionFailure("no rule of a holiday: \(word)") }
                return rule
            }
        }
        return countries
    }()

    private let rules: [HolidayRule]

    /// Nil where nothing is known of a country.
    package init?(country: String) {
        guard let rules = HolidayCalendar.all[country] else { return nil }
        self.rules = rules
    }

    /// The numbers of the days that are holidays in a year, ascending. A day that stands in for one may lie in the year before.
    package func days(of year: Int64) -> [Int64] {
        guard HolidayCalendar.years.contains(year) else { return [] }
        let valid = rules.filter { $0.years.contains(year) }
        var days = Set(valid.map { $0.day(in: year) })
        for rule in valid {
            let day = rule.day(in: year)
            let weekday = CivilTime.weekday(ofDay: day)
            switch rule.substitute {
            case .near where weekday >= 5: days.insert(weekday == 5 ? day - 1 : day + 1)
            case .next where weekday >= 5:
                var next = day + 1
                while CivilTime.weekday(ofDay: next) >= 5 || days.contains(next) { next += 1 }
                days.insert(next)
            default: break
            }
        }
        return days.sorted()
    }

    /// The dates on which at least one of the countries has a holiday, from one year to another, by the countries that have it together:
    /// no date is under two names.
    package static func days(in countries: [String], from first: Int64, through last: Int64) -> [(
        countries: [String], days: [Int64]
    )] {
        var holders: [Int64: Set<String>] = [:]
        for country in Set(countries) {
            guard let calendar = HolidayCalendar(country: country), first <= last else { continue }
            for year in first...last { for day in calendar.days(of: year) { holders[day, default: []].insert(country) } }
        }
        var groups: [[String]: [Int64]] = [:]
        for (day, countries) in holders { groups[countries.sorted(), default: []].append(day) }
        return groups.map { ($0.key, $0.value.sorted()) }.sorted { $0.0.joined() < $1.0.joined() }
    }

    /// Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature, 1876).
    static func easter(_ year: Int64) -> Int64 {
        let golden = year % 19
        let century = year / 100
        let rest = year % 100
        let epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7
        let late = (golden + 11 * epact + 22 * weekday) / 451
        let place = epact + weekday - 7 * late + 114
        return CivilTime.dayNumber(year: year, month: place / 31, day: place % 31 + 1)
    }
}
