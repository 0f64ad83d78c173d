import Testing

@testable import Topology

@Suite("Public holidays by country")
struct HolidayCalendarTests {
    private func text(_ day: Int64) -> String {
        let date = CivilTime.date(ofDay: day)
        func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date.year)-\(padded(date.month))-\(padded(date.day))"
    }

    private func days(_ country: String, _ year: Int64) throws -> String {
        try #require(HolidayCalendar(country: country)).days(of: year).map { text($0).dropFirst(5) }.joined(separator: " ")
    }

    @Test(
        "Easter Sunday, the earliest and the latest among them",
        arguments: [
            "1818-03-22", "1943-04-25", "1961-04-02", "1999-04-04", "2000-04-23", "2008-03-23", "2011-04-24", "2019-04-21",
            "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "2285-03-22",
        ])
    func easter(date: String) throws {
        let year = try #require(Int64(date.prefix(4)))
        #expect(text(HolidayCalendar.easter(year)) == date)
    }

    @Test("Easter is a Sunday between 22 March and 25 April, every year")
    func easterBounds() {
        for year in HolidayCalendar.years {
            let day = HolidayCalendar.easter(year)
            #expect(CivilTime.weekday(ofDay: day) == 6)
            let march22 = CivilTime.dayNumber(year: year, month: 3, day: 22)
            #expect((march22...march22 + 34).contains(day), "\(year)")
        }
    }

    @Test(
        "Known years",
        arguments: [
            ("DE", 2024, "01-01 03-29 04-01 05-01 05-09 05-20 10-03 12-25 12-26"),
            ("DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"),
            ("AT", 2025, "01-01 01-06 04-21 05-01 05-29 06-09 06-19 08-15 10-26 11-01 12-08 12-25 12-26"),
            ("CH", 2025, "01-01 04-18 04-21 05-29 06-09 08-01 12-25 12-26"),
            // King's Day on a Saturday, as the 27th is a Sunday.
            ("NL", 2025, "01-01 04-20 04-21 04-26 05-29 06-08 06-09 12-25 12-26"),
            ("NL", 2026, "01-01 04-05 04-06 04-27 05-14 05-24 05-25 12-25 12-26"),
            ("BE", 2024, "01-01 04-01 05-01 05-09 05-20 07-21 08-15 11-01 11-11 12-25"),
            // Ascension on 8 May.
            ("FR", 2024, "01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25"),
            ("IT", 2025, "01-01 01-06 04-20 04-21 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26"),
            ("IT", 2026, "01-01 01-06 04-05 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26"),
            ("ES", 2025, "01-01 01-06 04-18 05-01 08-15 10-12 11-01 12-06 12-08 12-25"),
            ("PL", 2024, "01-01 01-06 03-31 04-01 05-01 05-03 05-19 05-30 08-15 11-01 11-11 12-25 12-26"),
            ("PL", 2025, "01-01 01-06 04-20 04-21 05-01 05-03 06-08 06-19 08-15 11-01 11-11 12-24 12-25 12-26"),
            ("GB", 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-25 12-26 12-27 12-28"),
            ("GB", 2022, "01-01 01-03 04-15 04-18 05-02 05-30 08-29 12-25 12-26 12-27"),
            ("GB", 2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
            ("US", 2020, "01-01 01-20 02-17 05-25 07-03 07-04 09-07 10-12 11-11 11-26 12-25"),
            ("US", 2021, "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25"),
            ("US", 2023, "01-01 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-11 11-23 12-25"),
            // The Great Prayer Day was held for the last time in 2023.
            ("DK", 2023, "01-01 04-06 04-07 04-09 04-10 05-05 05-18 05-28 05-29 12-25 12-26"),
            ("DK", 2024, "01-01 03-28 03-29 03-31 04-01 05-09 05-19 05-20 12-25 12-26"),
            ("SE", 2024, "01-01 01-06 03-29 03-31 04-01 05-01 05-09 05-19 06-06 06-22 11-02 12-25 12-26"),
            ("SE", 2026, "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-20 10-31 12-25 12-26"),
        ] as [(String, Int64, String)])
    func knownYears(country: String, year: Int64, expected: String) throws {
        #expect(try days(country, year) == expected, "\(country) \(year)")
    }

    @Test("A New Year's Day on a Saturday is observed on the last of the year before")
    func overTheYear() throws {
        let days = try #require(HolidayCalendar(country: "US")).days(of: 2022).map(text)
        #expect(days.first == "2021-12-31" && days.contains("2022-01-01"))
    }

    @Test("A date that several countries have is one event's, under the names of all of them")
    func together() throws {
        let groups = HolidayCalendar.days(in: ["DE", "AT", "DE", "XX"], from: 2025, through: 2026)
        #expect(groups.map(\.countries) == [["AT"], ["AT", "DE"], ["DE"]])
        let all = groups.flatMap(\.days)
        #expect(Set(all).count == all.count)
        #expect(groups[2].days.map(text) == ["2025-04-18", "2025-10-03", "2026-04-03", "2026-10-03"])
        #expect(HolidayCalendar.days(in: [], from: 2025, through: 2026).isEmpty)
        #expect(HolidayCalendar.days(in: ["DE"], from: 2026, through: 2025).isEmpty)
    }

    @Test(
        "What is no rule is none",
        arguments: [
            "", "13-01", "02-30", "easter", "easter+x", "mon5-01", "mon0-01", "mon1-13", "xyz1-01", "01-01!far", "01-01:2020",
            "01-01:5-4", "sat>=99-01",
        ]
    )
    func badRules(word: String) {
        #expect(HolidayRule(Substring(word)) == nil)
    }

    @Test("Countries, and years beyond the rules")
    func limits() throws {
        #expect(HolidayCalendar.countries == ["AT", "BE", "CH", "DE", "DK", "ES", "FR", "GB", "IT", "NL", "PL", "SE", "US"])
        #expect(HolidayCalendar(country: "de") == nil)
        let germany = try #require(HolidayCalendar(country: "DE"))
        for year in [Int64.min, -5, 1899, 2300, .max] { #expect(germany.days(of: year).isEmpty) }
    }
}
