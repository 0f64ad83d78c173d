/// One rule of `HolidayRules`: which day of a year it means.
struct HolidayRule: Sendable, Equatable {
    enum Place: Sendable, Equatable {
        case date(month: Int64, day: Int64)
        /// Days after Easter Sunday.
        case easter(Int64)
        /// A weekday's number in its month, from 1; -1 is the last. 0 for Monday.
        case weekday(Int, number: Int64, month: Int64)
        /// The first such weekday from a date on.
        case from(Int, month: Int64, day: Int64)
    }

    /// What happens where it falls on a weekend.
    enum Substitute: String, Sendable {
        case none = ""
        case next
        case near
        case before
    }

    let place: Place
    let years: ClosedRange<Int64>
    let substitute: Substitute

    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Nil where the word is no rule.
    init?(_ word: Substring) {
        let marked = word.split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
        guard let substitute = Substitute(rawValue: marked.count > 1 ? String(marked[1]) : ""), let first = marked.first else {
            return nil
        }
        let parts = first.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let place = HolidayRule.place(parts[0]), let years = HolidayRule.years(parts.count > 1 ? parts[1] : "-") else {
            return nil
        }
        self.place = place
        self.years = years
        self.substitute = substitute
    }

    /// The number of its day in a year.
    func day(in year: Int64) -> Int64 {
        switch place {
        case .date(let month, let day):
            let number = CivilTime.dayNumber(year: year, month: month, day: day)
            return substitute == .before && CivilTime.weekday(ofDay: number) == 6 ? number - 1 : number
        case .easter(let offset): return HolidayCalendar.easter(year) + offset
        case .from(let weekday, let month, let day):
            return HolidayRule.next(weekday, from: CivilTime.dayNumber(year: year, month: month, day: day))
        case .weekday(let weekday, let number, let month):
            let length = CivilTime.days(ofMonth: month, year: year)
            let first = CivilTime.dayNumber(year: year, month: month, day: 1)
            if number > 0 { return HolidayRule.next(weekday, from: first) + 7 * (number - 1) }
            return HolidayRule.next(weekday, from: first + length - 7)
        }
    }

    private static func next(_ weekday: Int, from day: Int64) -> Int64 {
        day + Int64((weekday - CivilTime.weekday(ofDay: day) + 7) % 7)
    }

    private static func place(_ text: Substring) -> Place? {
        if text.hasPrefix("easter") { return Int64(text.dropFirst(6)).map { .easter($0) } }
        guard let weekday = weekdays.firstIndex(of: String(text.prefix(3))) else {
            return date(text).map { .date(month: $0.month, day: $0.day) }
        }
        let rest = text.dropFirst(3)
        if rest.hasPrefix(">=") { return date(rest.dropFirst(2)).map { .from(weekday, month: $0.month, day: $0.day) } }
        guard let dash = rest.lastIndex(of: "-"), let number = Int64(rest[..<dash]), number == -1 || (1...4).contains(number),
            let month = Int64(rest[rest.index(after: dash)...]), (1...12).contains(month)
        else { return nil }
        return .weekday(weekday, number: number, month: month)
    }

    private static func date(_ text: Substring) -> (month: Int64, day: Int64)? {
        let parts = text.split(separator: "-").compactMap { Int64($0) }
        guard parts.count == 2, (1...12).contains(parts[0]),
            (1...CivilTime.days(ofMonth: parts[0], year: 2001)).contains(parts[1])
        else { return nil }
        return (parts[0], parts[1])
    }

    private static func years(_ text: Substring) -> ClosedRange<Int64>? {
        guard let dash = text.firstIndex(of: "-") else { return nil }
        let from = text[..<dash]
        let to = text[text.index(after: dash)...]
        let first = from.isEmpty ? HolidayCalendar.years.lowerBound : Int64(from) ?? 0
        let last = to.isEmpty ? HolidayCalendar.years.upperBound : Int64(to) ?? 0
        return first > 0 && first <= last ? first...last : nil
    }
}
