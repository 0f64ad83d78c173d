import AgentContract
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import MonitorAPI

@Suite("What CrowdSec's bouncers ask for")
struct BouncerRoutesTests {
    /// A router whose bans and clock a test moves.
    final class World: Sendable {
        let bans = Mutex<[BanReport]>([])
        let clock = Mutex<Milliseconds>(Scene.now)

        func router() -> Router<BasicRequestContext> {
            var services = Scene().services()
            services.bouncerKeys = ["lb1": "0123456789abcdef", "lb2": "fedcba9876543210"]
            services.bansSince = { time in self.bans.withLock { $0.filter { $0.until > time } } }
            return APIServer(services: services, now: { self.clock.withLock { $0 } }, logger: .init(label: "test")).router()
        }

        func ban(_ address: String, seconds: Int64, reason: String = "brute-force: login-brute-force") {
            let from = clock.withLock { $0 }
            bans.withLock { bans in
                bans.removeAll { $0.address == address }
                bans.append(BanReport(address: address, reason: reason, from: from, until: from + seconds * 1_000))
            }
        }
    }

    struct Decision: Decodable, Equatable {
        var duration: String
        var id: Int64
        var origin: String
        var scenario: String
        var scope: String
        var type: String
        var uuid: String
        var value: String
    }

    struct Stream: Decodable {
        var new: [Decision]
        var deleted: [Decision]
    }

    private func headers(_ key: String) -> HTTPFields {
        var fields = HTTPFields()
        if let name = HTTPField.Name("X-Api-Key") { fields[name] = key }
        return fields
    }

    private func stream(
        _ router: Router<BasicRequestContext>, startup: Bool, key: String = "0123456789abcdef", more: String = ""
    ) async throws -> Stream {
        let answer = try await Scene.send(
            router, .get, "/v1/decisions/stream?startup=\(startup)\(more)", headers: headers(key))
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        return try JSONDecoder().decode(Stream.self, from: answer.body)
    }

    @Test(
        "Without a key, or with a wrong one, nobody is told anything",
        arguments: ["", "0123456789abcdeg", "0123456789abcdef0", "0"])
    func refused(key: String) async throws {
        let world = World()
        world.ban("203.0.113.9", seconds: 60)
        let router = world.router()
        for path in ["/v1/decisions/stream?startup=true", "/v1/decisions?ip=203.0.113.9"] {
            let answer = try await Scene.send(router, .get, path, headers: key.isEmpty ? [:] : headers(key))
            #expect(answer.status == 403)
            #expect(answer.text == #"{"message":"access forbidden"}"#)
        }
    }

    @Test("A bouncer that starts is told everything, and then what changed, each by its own key")
    func deltas() async throws {
        let world = World()
        let router = world.router()
        world.ban("203.0.113.9", seconds: 14_400)
        world.ban("2001:db8::/64", seconds: 90)
        let first = try await stream(router, startup: true)
        #expect(Set(first.new.map(\.value)) == ["203.0.113.9", "2001:db8::/64"])
        #expect(first.deleted.isEmpty)
        let single = try #require(first.new.first { $0.value == "203.0.113.9" })
        #expect(single.duration == "4h0m0s")
        #expect(single.origin == "crowdsec")
        #expect(single.scenario == "brute-force: login-brute-force")
        #expect(single.scope == "Ip")
        #expect(single.type == "ban")
        #expect(UUID(uuidString: single.uuid) != nil)
        #expect(first.new.first { $0.value == "2001:db8::/64" }?.scope == "Range")
        #expect(Set(first.new.map(\.id)).count == 2)

        var next = try await stream(router, startup: false)
        #expect(next.new.isEmpty && next.deleted.isEmpty)
        world.clock.withLock { $0 += 100_500 }
        world.ban("198.51.100.7", seconds: 60)
        next = try await stream(router, startup: false)
        #expect(next.new.map(\.value) == ["198.51.100.7"])
        #expect(next.deleted.map(\.value) == ["2001:db8::/64"])
        #expect(next.deleted.first?.duration == "-10.5s")
        #expect(next.deleted.first?.id == first.new.first { $0.value == "2001:db8::/64" }?.id)

        // The other bouncer has its own state, and hears of the ended ban when it starts.
        let other = try await stream(router, startup: true, key: "fedcba9876543210")
        #expect(Set(other.new.map(\.value)) == ["203.0.113.9", "198.51.100.7"])
        #expect(other.deleted.map(\.value) == ["2001:db8::/64"])
    }

    @Test("Sessions and limits on paths are no bouncer's: neither the stream nor a list tells them")
    func narrowBans() async throws {
        let world = World()
        let router = world.router()
        world.ban("session/" + String(repeating: "0A", count: 32), seconds: 600)
        world.ban("limit/10/203.0.113.9/login", seconds: 600)
        world.ban("203.0.113.10", seconds: 600)
        #expect(try await stream(router, startup: true).new.map(\.value) == ["203.0.113.10"])
        let list = try await Scene.send(router, .get, "/v1/decisions", headers: headers("0123456789abcdef"))
        #expect(list.text.contains("203.0.113.10") && !list.text.contains("session") && !list.text.contains("limit/"))
    }

    @Test("A ban that is lifted, and one that is made longer, are told")
    func changes() async throws {
        let world = World()
        let router = world.router()
        world.ban("203.0.113.9", seconds: 600)
        world.ban("203.0.113.10", seconds: 600)
        let first = try await stream(router, startup: true)
        world.clock.withLock { $0 += 10_000 }
        world.bans.withLock { $0[0].until = Scene.now + 5_000 }
        world.ban("203.0.113.10", seconds: 3_600)
        let next = try await stream(router, startup: false)
        #expect(next.deleted.map(\.value) == ["203.0.113.9"])
        #expect(next.deleted.first?.duration.hasPrefix("-") == true)
        #expect(next.new.map(\.value) == ["203.0.113.10"])
        #expect(next.new.first?.duration == "1h0m0s")
        #expect(next.new.first?.id != first.new.first { $0.value == "203.0.113.10" }?.id)
    }

    @Test("Asking for the head uses no changes up")
    func head() async throws {
        let world = World()
        let router = world.router()
        world.ban("203.0.113.9", seconds: 60)
        for path in ["/v1/decisions/stream?startup=true", "/v1/decisions"] {
            #expect(try await Scene.send(router, .head, path, headers: headers("0123456789abcdef")).status == 200)
        }
        #expect(try await stream(router, startup: false).new.map(\.value) == ["203.0.113.9"])
    }

    @Test("One address is asked about: its bans and those of networks around it, or null")
    func oneAddress() async throws {
        let world = World()
        let router = world.router()
        world.ban("203.0.113.9", seconds: 60)
        world.ban("198.51.100.0/24", seconds: 60)
        func ask(_ query: String) async throws -> [String]? {
            let answer = try await Scene.send(router, .get, "/v1/decisions?" + query, headers: headers("0123456789abcdef"))
            #expect(answer.status == 200)
            return try JSONDecoder().decode([Decision]?.self, from: answer.body)?.map(\.value)
        }
        #expect(try await ask("ip=203.0.113.9") == ["203.0.113.9"])
        #expect(try await ask("ip=198.51.100.77") == ["198.51.100.0/24"])
        #expect(try await ask("ip=192.0.2.1") == nil)
        #expect(try await ask("range=198.51.0.0/16&contains=false") == ["198.51.100.0/24"])
        #expect(try await ask("range=198.51.0.0/16") == nil)
        #expect(try await ask("scope=range") == ["198.51.100.0/24"])
        #expect(try await ask("ip=203.0.113.9&type=captcha") == nil)
        #expect(try await Scene.send(router, .get, "/v1/decisions?ip=x", headers: headers("0123456789abcdef")).status == 400)
        world.clock.withLock { $0 += 61_000 }
        #expect(try await ask("ip=203.0.113.9") == nil)
    }

    @Test(
        "A bouncer is told what it wants to hear of",
        arguments: [
            ("&scopes=ip", ["203.0.113.9"]), ("&scopes=ip,range", ["198.51.100.0/24", "203.0.113.9"]), ("&origins=cscli", []),
            ("&origins=cscli,crowdsec", ["198.51.100.0/24", "203.0.113.9"]), ("&scenarios_containing=sqli", ["203.0.113.9"]),
            ("&scenarios_not_containing=sqli", ["198.51.100.0/24"]),
        ] as [(String, [String])])
    func filters(query: String, expected: [String]) async throws {
        let world = World()
        world.ban("203.0.113.9", seconds: 60, reason: "sqli")
        world.ban("198.51.100.0/24", seconds: 60, reason: "flood")
        let answer = try await stream(world.router(), startup: true, more: query)
        #expect(answer.new.map(\.value).sorted() == expected)
    }

    @Test(
        "Durations are Go's",
        arguments: [
            (0, "0s"), (500, "0.5s"), (1_000, "1s"), (61_000, "1m1s"), (3_600_000, "1h0m0s"), (14_399_641, "3h59m59.641s"),
            (-62_010, "-1m2.01s"),
        ] as [(Int64, String)])
    func durations(milliseconds: Int64, text: String) {
        #expect(BouncerDecision.duration(milliseconds: milliseconds) == text)
    }

    @Test("Told changes add up to what is in force, whatever happens in between", arguments: [1, 2, 3] as [UInt64])
    func againstNaive(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var feed = BouncerFeed()
        var bans: [String: BanReport] = [:]
        var known: Set<String> = []
        for step in 0..<500 {
            let now = Int64(step) * 1_000
            for _ in 0..<(generator.next() % 4) {
                let address = "192.0.2.\(generator.next() % 20)"
                let seconds = Int64(generator.next() % 20) - 3
                bans[address] = BanReport(address: address, reason: "r", from: now, until: now + seconds * 1_000)
            }
            guard generator.next() % 2 == 0 else { continue }
            let isStarting = generator.next() % 10 == 0
            if isStarting { known = [] }
            let changes = feed.changes(for: "a", isStarting: isStarting, bans: Array(bans.values), at: now)
            known.formUnion(changes.new.map(\.ban.address))
            known.subtract(changes.deleted.map(\.ban.address))
            let wanted = Set(bans.values.filter { $0.from <= now && now < $0.until }.map(\.address))
            #expect(known == wanted, "seed \(seed), step \(step)")
        }
    }
}
