import Planning
import Telemetry
import Testing

@Suite("A role is ready when a known event begins") struct EventPreparationTests {
    private static func sizing(_ launch: Int, demand: Double?) -> RoleSizing {
        RoleSizing(launchContainers: launch, keepContainers: launch, demandContainers: demand, pricePeriods: 1, sizing: "s")
    }

    private let event = EventPreparation.Ahead(name: "sale", start: 1_000_000, lift: 3)

    @Test("From the attach time before it until it has settled, by the demand before it and not by its own")
    func window() {
        var preparation = EventPreparation(leadSeconds: 60)
        func launch(_ now: Milliseconds, demand: Double?, launch: Int = 2) -> Int {
            preparation.prepared(Self.sizing(launch, demand: demand), for: [event], at: now).launchContainers
        }
        #expect(launch(939_999, demand: 1.5) == 2)
        // 1.5 x 3 and a quarter more.
        #expect(launch(940_000, demand: 1.5) == 6)
        #expect(launch(1_000_000, demand: 1.6) == 6)
        #expect(launch(1_100_000, demand: 4.4) == 6)
        #expect(launch(1_200_000, demand: 4.4, launch: 9) == 9)
        #expect(launch(1_599_999, demand: 4.4) == 6)
        #expect(launch(1_600_000, demand: 4.4) == 2)
    }

    @Test("It keeps what it launched, says why, and needs a demand to go by")
    func words() {
        var preparation = EventPreparation(leadSeconds: 60)
        #expect(preparation.prepared(Self.sizing(2, demand: nil), for: [event], at: 950_000) == Self.sizing(2, demand: nil))
        let prepared = preparation.prepared(Self.sizing(2, demand: 1.5), for: [event], at: 960_000)
        #expect(prepared.keepContainers == 6 && prepared.sizing == "sale brings 3 times 1.5; s")
        // A monitor that starts in the middle knows no demand from before: the real one speaks.
        var late = EventPreparation(leadSeconds: 60)
        #expect(late.prepared(Self.sizing(5, demand: 4.4), for: [event], at: 1_001_000) == Self.sizing(5, demand: 4.4))
        var quiet = event
        quiet.lift = 0.5
        #expect(late.prepared(Self.sizing(5, demand: 4.4), for: [quiet], at: 999_000) == Self.sizing(5, demand: 4.4))
        quiet.lift = .infinity
        #expect(late.prepared(Self.sizing(5, demand: 4.4), for: [quiet], at: 999_000) == Self.sizing(5, demand: 4.4))
    }
}
