import Foundation
import Telemetry
import TestKit
import Testing

@testable import Forecasting

@Suite("Known events are an input of forecasts")
struct EventTests {
    /// End of the history: midnight, four weeks after a midnight.
    static let end: Milliseconds = 1_795_910_400_000
    static let day: Milliseconds = 86_400_000

    /// Four weeks of quarters of an hour with a course of the day, and a lift at some times.
    private static func values(_ lifts: [(daysAgo: Int, hour: Int, hours: Int, lift: Double)], seed: UInt64 = 1) -> [Double] {
        var random = SeededGenerator(seed: seed)
        return (0..<28 * 96).map { step in
            let usual = (100 + 50 * sin(Double(step % 96) / 96 * 2 * .pi)) * Double.random(in: 0.97...1.03, using: &random)
            for one in lifts {
                let first = (28 - one.daysAgo) * 96 + one.hour * 4
                if (first..<first + one.hours * 4).contains(step) { return usual * one.lift }
            }
            return usual
        }
    }

    private static func start(_ daysAgo: Int, _ hour: Int) -> Milliseconds {
        end - Milliseconds(daysAgo) * day + Milliseconds(hour) * 3_600_000
    }

    private static func effect(_ event: KnownEvent, _ values: [Double], others: [KnownEvent] = []) -> EventEffect? {
        EventEffect(of: event, values: values, end: end, stepSeconds: 900, others: others)
    }

    @Test("A lift is learned from past times, the surer the more of them; days with events are no days to compare with")
    func learned() throws {
        let times = [(20, 9), (13, 18), (6, 12)]
        let values = Self.values(times.map { ($0.0, $0.1, 3, 2.5) } + [(7, 12, 3, 9.0), (5, 12, 3, 9.0)])
        let sale = KnownEvent(name: "sale", starts: times.map { Self.start($0.0, $0.1) }, seconds: 10_800)
        let other = KnownEvent(name: "mailing", starts: [Self.start(7, 12), Self.start(5, 12)], seconds: 10_800)
        let found = try #require(Self.effect(sale, values, others: [other]))
        #expect(found.times == 3 && abs(found.lift / 2.5 - 1) < 0.05, "\(found)")
        #expect(found.low < 2.5 && found.high > 2.5)
        var one = sale
        one.starts = [sale.starts[0]]
        let single = try #require(Self.effect(one, values, others: [other]))
        #expect(single.times == 1 && single.high / single.low > found.high / found.low)
    }

    @Test("What was declared holds where nothing is known, and counts as one time where something is")
    func declared() throws {
        let values = Self.values([(10, 9, 3, 2)])
        let ahead = KnownEvent(name: "sale", starts: [Self.end + 3_600_000], seconds: 10_800, declaredLift: 8)
        let declared = try #require(Self.effect(ahead, values))
        #expect(abs(declared.lift - 8) < 1e-9 && declared.times == 0 && declared.low < 8 && declared.high > 8)
        var both = ahead
        both.starts = [Self.start(10, 9), Self.end + 3_600_000]
        let mixed = try #require(Self.effect(both, values))
        #expect(mixed.times == 1 && abs(mixed.lift / 4 - 1) < 0.05, "\(mixed)")
        both.declaredLift = nil
        both.starts = [Self.end + 3_600_000]
        #expect(Self.effect(both, values) == nil)
        #expect(Self.effect(both, []) == nil)
        var hostile = both
        hostile.declaredLift = .nan
        hostile.starts = [.min / 4, Self.start(10, 9), .max / 4]
        #expect(Self.effect(hostile, [Double](repeating: .nan, count: 2688)) == nil)
        #expect(Self.effect(hostile, [Double](repeating: 0, count: 2688)) == nil)
        #expect(try #require(Self.effect(hostile, values)).lift.isFinite)
    }

    private static func forecast(_ leads: [Double]) -> Forecast {
        Forecast(
            signal: "utilisation", role: "web", madeAt: end, leadsSeconds: leads,
            paths: [0.1, 0.5, 0.9].map { .init(quantile: $0, values: leads.map { _ in 0.3 }) }, model: "m", recentError: 0)
    }

    private static func calendar(_ startMinutes: Double, minutes: Double) -> EventCalendar {
        let event = KnownEvent(
            name: "sale", starts: [end + Milliseconds(startMinutes * 60_000)], seconds: minutes * 60, declaredLift: 3)
        return EventCalendar([.init(event: event, effect: effect(event, [])!)])
    }

    @Test("Paths are lifted where the event is, by each quantile's own bound, and saturation is told anew")
    func ahead() throws {
        let calendar = Self.calendar(30, minutes: 60)
        let result = calendar.applied(to: Self.forecast([600, 1800, 5000, 5400]), last: 0.3, limit: 0.85)
        let effect = calendar.entries[0].effect
        #expect(result.paths[1].values == [0.3, 0.3 * effect.lift, 0.3 * effect.lift, 0.3])
        #expect(result.paths[0].values[1] == 0.3 * effect.low && result.paths[2].values[1] == 0.3 * effect.high)
        let seconds = try #require(result.secondsToSaturation)
        #expect(seconds > 600 && seconds <= 1800)
        #expect(result.events?.map(\.name) == ["sale"] && result.events?.first?.times == 0)
    }

    @Test("While it is on, short leads follow the level that it has lifted, and come down where it ends")
    func during() {
        let result = Self.calendar(-30, minutes: 40).applied(to: Self.forecast([300, 600, 900, 3600]), last: 0.3, limit: 0.85)
        let values = result.paths[1].values
        #expect(values[0] == 0.3)
        #expect(abs(values[1] - 0.1) < 1e-9 && abs(values[2] - 0.1) < 1e-9)
        #expect(values[3] == 0.3)
    }

    @Test("Without events near, a forecast stays as it is")
    func nothing() {
        let forecast = Self.forecast([60, 86_400])
        #expect(EventCalendar([]).applied(to: forecast, last: 0.3, limit: 0.85) == forecast)
        #expect(Self.calendar(-120, minutes: 60).applied(to: forecast, last: 0.3, limit: 0.85) == forecast)
        let far = Self.calendar(60 * 24 * 20, minutes: 60).applied(to: forecast, last: 0.3, limit: 0.85)
        #expect(far == forecast)
    }
}
