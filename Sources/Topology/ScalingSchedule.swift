/// More containers of a role at known times, as people write it: `every Friday 18:00 +3 web for 4h`, `2026-12-24 18:00 +3 web for 8h`.
///
/// Times are local to a zone that the caller knows; the calendar is this module's, so that the same schedule and moment always give the same
/// answer.
package struct ScalingSchedule: Sendable, Hashable, Codable {
    /// When it comes round.
    package enum Recurrence: Sendable, Hashable, Codable {
        /// Weekdays, 0 for Monday.
        case weekly(days: [Int])
        /// One day, by its number since 1970-01-01.
        case once(day: Int64)
    }

    /// One time that it holds, in milliseconds since 1970.
    package struct Occurrence: Sendable, Hashable {
        package var start: Int64
        package var end: Int64
    }

    /// Most containers that one adds.
    package static let maximumCount = 100
    /// Longest name, in characters.
    package static let maximumNameLength = 60
    /// What recurs must be over before it comes again; what is once may last longer.
    package static let maximumSeconds = (weekly: 604_800.0, once: 7_776_000.0)

    /// What it is told and removed by.
    package var name: String
    package var recurrence: Recurrence
    package var minuteOfDay: Int
    package var role: Role
    package var count: Int
    package var seconds: Double

    /// The local time of day and the weekday as text that reads back the same.
    package var text: String {
        let clock = "\(ScalingSchedule.twoDigits(minuteOfDay / 60)):\(ScalingSchedule.twoDigits(minuteOfDay % 60))"
        let when: String
        switch recurrence {
        case .weekly(let days) where days.count == 7: when = "every day"
        case .weekly([0, 1, 2, 3, 4]): when = "every weekday"
        case .weekly([5, 6]): when = "every weekend"
        case .weekly(let days): when = "every " + days.map { ScalingSchedule.weekdays[$0] }.joined(separator: ",")
        case .once(let day):
            let date = CivilTime.date(ofDay: day)
            when = "\(date.year)-\(ScalingSchedule.twoDigits(Int(date.month)))-\(ScalingSchedule.twoDigits(Int(date.day)))"
        }
        return "\(when) \(clock) +\(count) \(role.rawValue) for \(ScalingSchedule.durationText(seconds))"
    }

    /// The occurrence that is not over at a moment and begins first; nil where there is none any more.
    /// - Parameter offset: milliseconds that local time is ahead of UTC at a moment.
    package func occurrence(endingAfter now: Int64, offset: (Int64) -> Int64) -> Occurrence? {
        let length = Int64(seconds * 1000)
        func occurrence(onDay day: Int64) -> Occurrence {
            let local = day * CivilTime.day + Int64(minuteOfDay) * 60_000
            let start = CivilTime.moment(ofLocal: local, offset: offset)
            return Occurrence(start: start, end: start + length)
        }
        switch recurrence {
        case .once(let day):
            let only = occurrence(onDay: day)
            return only.end > now ? only : nil
        case .weekly(let days):
            let today = CivilTime.dayNumber(now + offset(now))
            // What lasts a week may have begun eight days ago by local time.
            for day in today - 8...today + 8 where days.contains(CivilTime.weekday(ofDay: day)) {
                let next = occurrence(onDay: day)
                if next.end > now { return next }
            }
            return nil
        }
    }

    static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func durationText(_ seconds: Double) -> String {
        var rest = Int(seconds)
        var text = ""
        for (size, unit) in [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")] where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text
    }
}
