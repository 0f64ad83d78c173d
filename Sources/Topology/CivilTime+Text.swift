extension CivilTime {
    /// The day that `2026-12-24` stands for; nil where it is none.
    package static func day(_ text: some StringProtocol) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2], (1970...9999).contains(year),
            (1...12).contains(month), (1...days(ofMonth: month, year: year)).contains(day)
        else { return nil }
        return dayNumber(year: year, month: month, day: day)
    }

    /// The minute of the day that `18:00` stands for; nil where it is none.
    package static func minuteOfDay(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) }), let hour = Int(parts[0]),
            let minute = Int(parts[1]),
            (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    /// Milliseconds of local time that `2026-12-24 18:00`, or the same with a `T`, stands for; nil where it is none.
    package static func local(_ text: some StringProtocol) -> Int64? {
        let parts = text.split { $0 == " " || $0 == "T" }
        guard parts.count == 2, let day = day(parts[0]), let minute = minuteOfDay(parts[1]) else { return nil }
        return day * CivilTime.day + Int64(minute) * 60_000
    }

    /// The moment of a local time.
    /// - Parameter offset: milliseconds that local time is ahead of UTC at a moment.
    package static func moment(ofLocal local: Int64, offset: (Int64) -> Int64) -> Int64 {
        // The offset at the moment itself, which a change of clocks may make another than that of the first guess.
        local - offset(local - offset(local))
    }
}
