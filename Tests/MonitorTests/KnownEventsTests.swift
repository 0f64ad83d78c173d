import Forecasting
import StackConfiguration
import Telemetry
import Testing
import Topology

@testable import Monitor

@Suite("Holidays are known events, and what they do is learned")
struct KnownEventsTests {
    private func configuration(_ forecast: String) throws -> MagewatchConfiguration {
        try ConfigurationFile.parse("forecast: \(forecast)\nscaler: { time-zone: Europe/Berlin }\n", file: "m.yaml")
    }

    private func moment(_ text: String) throws -> Milliseconds { try #require(CivilTime.local(text)) }

    @Test("A country's holidays of last year to three years ahead, from local midnight on, summer and winter")
    func holidays() throws {
        let now = try moment("2026-06-01 12:00")
        let events = try configuration("{ holidays: [DE] }").knownEvents(at: now)
        #expect(events.map(\.name) == ["holiday in DE"])
        let event = try #require(events.first)
        #expect(event.starts.count == 45 && event.seconds == 86_400 && event.role == nil && event.declaredLift == nil)
        let first = try moment("2024-12-31 23:00")
        #expect(event.starts.first == first)
        // Summer and winter time.
        for (inside, outside) in [("2026-10-02 22:00", "2026-10-02 21:59"), ("2026-12-26 22:59", "2026-12-26 23:00")] {
            let (inside, outside) = (try moment(inside), try moment(outside))
            #expect(event.contains(inside) && !event.contains(outside))
        }
    }

    @Test("Two countries make up to three events, and no moment lies in two of them")
    func twoCountries() throws {
        let now = try moment("2026-06-01 12:00")
        let events = try configuration("{ holidays: [DE, AT] }").knownEvents(at: now)
        #expect(events.map(\.name) == ["holiday in AT", "holiday in AT, DE", "holiday in DE"])
        for day in 0..<365 {
            let noon = try moment("2026-01-01 11:00") + Milliseconds(day) * 86_400_000
            #expect(events.count { $0.contains(noon) } <= 1)
        }
        let none = try configuration("{ interval: 60s }").knownEvents(at: now)
        #expect(none.isEmpty)
    }

    @Test("Shops that are shut on holidays: the next one is forecast so, by those that were")
    func learned() throws {
        let now = try moment("2026-04-20 00:00")
        let events = try configuration("{ holidays: [DE] }").knownEvents(at: now)
        let event = try #require(events.first)
        // Six weeks of hours with Good Friday and Easter Monday in them, on which a third is asked for.
        let values = (1...1008).map { step -> Double in
            let time = now - Milliseconds(1008 - step) * 3_600_000 - 1
            return event.contains(time) ? 30 : 90
        }
        let effect = try #require(EventEffect(of: event, values: values, end: now, stepSeconds: 3600, others: [event]))
        #expect(effect.times == 2 && abs(effect.lift - 1 / 3) < 0.01, "\(effect)")
        let calendar = EventCalendar([.init(event: event, effect: effect)])
        let (mayDay, before) = (try moment("2026-05-01 09:00"), try moment("2026-04-30 09:00"))
        #expect(abs(calendar.lift(at: mayDay) - 1 / 3) < 0.01 && calendar.lift(at: before) == 1)
    }
}
