import Foundation
import GeoDatabase
import Parsing
import Telemetry
import TestKit
import Testing
import Topology

@testable import WAF

@Suite("Behaviour by provider and country")
struct OriginScenarioTests {
    private let second: Nanoseconds = 1_000_000_000

    private func event(
        _ kind: BehaviourEvent.Kind, _ number: Int, system: UInt32?, country: String? = nil, at time: Nanoseconds,
        account: String? = nil, service: ServiceLogRecord.Service? = nil
    ) -> BehaviourEvent {
        guard let client = NetworkRange("10.0.\(number / 256).\(number % 256)") else { preconditionFailure("no address") }
        var event = BehaviourEvent(kind, at: time, by: client)
        event.account = BehaviourEvent.hash((account ?? "account\(number)").utf8)
        event.origin = AddressOrigin(country: country.flatMap { CountryCode($0) }, system: system)
        event.service = service
        return event
    }

    private func engine(_ name: String) throws -> ScenarioEngine {
        ScenarioEngine([try #require(Scenario.shipped.first { $0.name == name })])
    }

    @Test("Failures of a provider count by their ratio to what succeeds", arguments: [(0, true), (4, true), (1, false)])
    func ratio(failuresPerSuccess: Int, overflows: Bool) throws {
        var engine = try engine("provider-credential-stuffing")
        var count = 0
        for number in 0..<400 {
            let time = Nanoseconds(number) * second
            count += engine.observe(event(.loginFailed, number, system: 64_500, at: time)).count
            // None succeeds, one of five, every second one.
            if failuresPerSuccess > 0, number % (failuresPerSuccess * 2) == 0 {
                count += engine.observe(event(.loginSucceeded, number, system: 64_500, at: time)).count
            }
        }
        #expect((count > 0) == overflows)
    }

    @Test("What succeeds at one provider does not speak for another")
    func otherProvider() throws {
        var engine = try engine("provider-credential-stuffing")
        var count = 0
        for number in 0..<200 {
            let time = Nanoseconds(number) * second
            count += engine.observe(event(.loginFailed, number, system: 64_500, at: time)).count
            for _ in 0..<4 { count += engine.observe(event(.loginSucceeded, number, system: 64_501, at: time)).count }
        }
        #expect(count > 0)
    }

    @Test("An account that comes from a new country is told with the countries that it came from before")
    func newCountry() throws {
        var engine = try engine("login-from-new-country")
        func login(_ country: String?, day: Int) -> [ScenarioEngine.Overflow] {
            engine.observe(
                event(
                    .loginSucceeded, 1, system: nil, country: country, at: Nanoseconds(day) * 86_400 * second, account: "root",
                    service: .ssh))
        }
        #expect(login("DE", day: 1).isEmpty)
        #expect(login("DE", day: 20).isEmpty)
        #expect(login(nil, day: 20).isEmpty)
        let found = login("BR", day: 21)
        #expect(found.first?.note == "from BR, and in the last 30 days from DE alone")
        #expect(found.first?.scenario.mode == .ask)
        // Now it is known; a month later neither is.
        #expect(login("BR", day: 22).isEmpty)
        #expect(login("DE", day: 22).isEmpty)
        #expect(login("FR", day: 70).isEmpty)
    }

    @Test("What is remembered of accounts outlives a restart")
    func remembered() throws {
        var first = try engine("login-from-new-country")
        func login(_ engine: inout ScenarioEngine, _ account: String, _ country: String, day: Int) -> Int {
            engine.observe(
                event(
                    .loginSucceeded, 1, system: nil, country: country, at: Nanoseconds(day) * 86_400 * second, account: account,
                    service: .ssh)
            ).count
        }
        let before = [login(&first, "root", "DE", day: 1), login(&first, "admin", "FR", day: 2)]
        let text = try JSONEncoder().encode(first.placeMemory)
        var later = try engine("login-from-new-country")
        later.placeMemory = try JSONDecoder().decode(PlaceMemory.self, from: text)
        #expect(later.placeMemory == first.placeMemory && later.placeMemory.count == 2)
        let after = [
            login(&later, "root", "DE", day: 3), login(&later, "admin", "FR", day: 3), login(&later, "root", "FR", day: 3),
        ]
        #expect(before == [0, 0] && after == [0, 0, 1])
        var fresh = try engine("login-from-new-country")
        let unaware = login(&fresh, "root", "FR", day: 3)
        #expect(unaware == 0)
    }

    @Test("What is remembered of accounts is bounded, and the latest stay")
    func bounded() {
        var places = FamiliarPlaces()
        let within: Nanoseconds = 1_000_000_000_000
        for account in 0..<UInt64(FamiliarPlaces.maximumGroups + 5_000) {
            #expect(places.take(account, 1, at: Nanoseconds(account), within: within) == nil)
        }
        #expect(places.count <= FamiliarPlaces.maximumGroups)
        #expect(places.take(UInt64(FamiliarPlaces.maximumGroups + 4_999), 2, at: 30_000, within: within) == [1])
        #expect(places.take(0, 2, at: 30_000, within: within) == nil)
        for place in 0..<UInt64(100) { _ = places.take(7, place, at: Nanoseconds(40_000 + place), within: within) }
        #expect(places.take(7, 1_000, at: 50_000, within: within)?.count == FamiliarPlaces.maximumPlaces)
    }

    @Test("A ledger with databases counts attacks by country and provider, and tells offenders' origin")
    func ledger() throws {
        var countries = MaxMindWriter()
        countries.add("198.51.100.0/24", .country("FR"))
        var networks = MaxMindWriter(version: 4)
        networks.add("198.51.100.0/24", .system(64_500, "Example Telecom"))
        var ledger = AttackLedger()
        ledger.origins = OriginTable(
            countries: try MaxMindDatabase(countries.file()), networks: try MaxMindDatabase(networks.file()))
        for (address, count) in [("198.51.100.7", 3), ("192.0.2.1", 2)] {
            for number in 0..<count {
                let line =
                    "\(address) - - [23/Nov/2026:14:00:0\(number) +0000] \"GET /?q=1%20union%20select%20password%20from%20users-- HTTP/1.1\" 200 1 \"-\" \"x\""
                ledger.take(accessLine: Array(line.utf8)[...])
            }
        }
        #expect(ledger.countries == [try #require(CountryCode("FR")): 3])
        #expect(ledger.systems == [64_500: 3])
    }

    @Test(
        "Scenarios of what is new, and what relieves them, are checked",
        arguments: [
            ("within: 30d", "", "within is a time"), ("new: country", "new: moon", "unknown what is new"),
            ("within: 30d", "within: 30d\n    capacity: 1", "are of no use"),
            ("new: country\n", "capacity: 1\n    leak: 1s\n", "within is for"),
            ("within: 30d", "within: 30d\n    relief: [login-succeeded]", "both counts and is a relief"),
            ("within: 30d", "within: 30d\n    relief-factor: 2", "is for `relief`"),
            ("within: 30d", "within: 9999d", "within is a time"),
        ])
    func checked(text: String, change: String, message: String) throws {
        let file = """
            scenarios:
              - id: a
                family: brute-force
                reason: r
                events: [login-succeeded]
                by: account
                new: country
                within: 30d
                positive: ["2 x login-succeeded account=a country={n} every 1s"]
                negative: ["2 x login-succeeded account=a country=DE every 1s"]
            """
        let changed = file.replacing(text, with: change)
        let error = try #require(throws: RuleFileError.self) { try Scenario.parse(yaml: changed, file: "f") }
        #expect(error.description.contains(message), "\(error)")
    }
}
