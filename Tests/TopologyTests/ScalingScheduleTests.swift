import Foundation
import Testing
import Topology

@Suite("Schedules as text") struct ScalingScheduleTests {
    @Test(
        "What is written is read, and reads back the same",
        arguments: [
            ("every Friday 18:00 +3 web for 4h", "every Friday 18:00 +3 web for 4h"),
            ("every fri 8:05 web +3 FOR 90m", "every Friday 08:05 +3 web for 1h30m"),
            ("every Sat,mon 00:00 +1 db for 1d", "every Monday,Saturday 00:00 +1 db for 1d"),
            ("every weekend 23:59 +100 queue for 1w", "every weekend 23:59 +100 queue for 7d"),
            ("every weekday 09:00 +1 web for 60s", "every weekday 09:00 +1 web for 1m"),
            ("every day 09:00 +1 web for 24h", "every day 09:00 +1 web for 1d"),
            ("on 2026-12-24 18:00 +2 web for 8h", "2026-12-24 18:00 +2 web for 8h"),
            ("2028-02-29T18:00 +2 web for 90d", "2028-02-29 18:00 +2 web for 90d"),
        ])
    func round(text: String, canonical: String) throws {
        let schedule = try ScalingSchedule(text)
        #expect(schedule.text == canonical)
        #expect(try ScalingSchedule(schedule.text) == schedule)
        #expect(schedule.name == canonical)
    }

    @Test(
        "What is none is refused with what was expected",
        arguments: [
            ("", "empty"), ("every", "day is missing"), ("every Foo 18:00 +3 web for 4h", "\"foo\" is no weekday"),
            ("every fr 18:00 +3 web for 4h", "\"fr\" is no weekday"), ("every day 24:00 +3 web for 4h", "no time of day"),
            ("every day 18 +3 web for 4h", "no time of day"), ("every day 18:00 3 web for 4h", "is not +1 to +100"),
            ("every day 18:00 +0 web for 4h", "is not +1 to +100"), ("every day 18:00 +101 web for 4h", "is not +1 to +100"),
            ("every day 18:00 +3 webb for 4h", "\"webb\" is no role"), ("every day 18:00 +3 web", "how long is missing"),
            ("every day 18:00 +3 web for ever", "how long is missing"), ("every day 18:00 +3 web for 8d", "not from 1m to 7d"),
            ("every day 18:00 +3 web for 59s", "not from 1m to 7d"), ("2026-02-29 18:00 +3 web for 4h", "is no date"),
            ("2026-13-01 18:00 +3 web for 4h", "is no date"), ("every day 18:00 +3 web for 4h today", "how long is missing"),
        ])
    func refused(text: String, expected: String) throws {
        let error = try #require(throws: ScheduleTextError.self) { try ScalingSchedule(text) }
        #expect(error.description.contains(expected), "\(error.description)")
    }

    @Test("The calendar agrees with Foundation's, day by day over four centuries")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for number in stride(from: Int64(-40_000), through: 120_000, by: 13) {
            let date = Date(timeIntervalSince1970: Double(number) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
            let own = CivilTime.date(ofDay: number)
            #expect([own.year, own.month, own.day].map(Int.init) == [parts.year, parts.month, parts.day], "day \(number)")
            #expect((CivilTime.weekday(ofDay: number) + 1) % 7 + 1 == parts.weekday, "day \(number)")
            #expect(CivilTime.dayNumber(year: own.year, month: own.month, day: own.day) == number)
            #expect(CivilTime.startOfMonth(number * CivilTime.day + 5) == (number - own.day + 1) * CivilTime.day)
            #expect(
                CivilTime.dayNumber(number * CivilTime.day) == number
                    && CivilTime.dayNumber(number * CivilTime.day - 1) == number - 1)
        }
    }

    @Test("The next time is the first that is not over, by the zone's clock and over its changes")
    func next() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        func offset(_ time: Int64) -> Int64 {
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time) / 1000))) * 1000
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let schedule = try ScalingSchedule("every Sunday,Monday 18:00 +3 web for 4h")
        // From before the change of clocks in March 2027 to after it, in steps of an odd length.
        var now: Int64 = 1_806_000_000_000
        while now < 1_807_500_000_000 {
            let next = try #require(schedule.occurrence(endingAfter: now, offset: offset))
            let parts = calendar.dateComponents(
                [.weekday, .hour, .minute], from: Date(timeIntervalSince1970: Double(next.start) / 1000))
            #expect([1, 2].contains(parts.weekday) && parts.hour == 18 && parts.minute == 0)
            #expect(next.end > now && next.end - next.start == 4 * 3_600_000)
            #expect(next.start - now < 6 * 86_400_000 + 3_600_000)
            now += 9_999_777
        }
        let once = try ScalingSchedule("2027-03-28 18:00 +3 web for 4h")
        let only = try #require(once.occurrence(endingAfter: 0, offset: offset))
        #expect(only.start == 1_806_249_600_000)
        #expect(once.occurrence(endingAfter: only.end, offset: offset) == nil)
    }
}
