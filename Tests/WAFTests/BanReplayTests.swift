import Parsing
import Telemetry
import Testing
import Topology
import WAF

@Suite("A ban is replayed, and narrowed where it would hit others")
struct BanReplayTests {
    static let digest = String(repeating: "0A", count: 32)
    static let other = String(repeating: "1B", count: 32)

    /// A line of HAProxy with a session's digest captured; `second` counts from 14:00:00.
    private func line(
        _ client: String, _ request: String, status: Int = 200, second: Int = 0, session: String = "", agent: String = "a"
    ) -> [UInt8] {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(14 + second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return Array(
            ("\(client):4711 [23/Nov/2026:\(time).000] shop web/w1 0/0/1/9/10 \(status) 300 - - ---- 1/1/0/0/0 0/0 "
                + "{shop.example|\(agent)||\(session)} \"\(request) HTTP/1.1\"").utf8)
    }

    private func verdict(
        _ network: String, _ lines: [[UInt8]], kinds: [BanSubject.Kind] = BanSubject.Kind.allCases, inForce: Set<BanSubject> = []
    ) throws -> BanVerdict {
        var replay = BanReplay(of: try #require(NetworkRange(network)))
        for line in lines { replay.take(try #require(AccessLogParser.parse(line[...]))) }
        return replay.verdict(kinds: kinds, inForce: inForce)
    }

    private func attacks(session: String = "", count: Int = 30, from client: String = "192.0.2.1") -> [[UInt8]] {
        (0..<count).map { line(client, "GET /search?q=sleep(\($0))", second: $0, session: session) }
    }

    private func readers(_ count: Int = 60, from client: String = "192.0.2.1") -> [[UInt8]] {
        (0..<count).map { line(client, "GET /shoes/\($0)", second: $0, session: Self.other, agent: "reader \($0 % 7)") }
    }

    private var order: [UInt8] { line("192.0.2.1", "GET /checkout/onepage/success/", second: 70, session: Self.other) }

    @Test("What hits attacks alone is applied, as is what hits few others; what hits nobody is told")
    func applied() throws {
        #expect(try verdict("192.0.2.1", attacks()).advice == .apply)
        #expect(try verdict("192.0.2.1", attacks() + readers(10)).advice == .apply)
        #expect(try verdict("192.0.2.1", [line("198.51.100.1", "GET /")]).advice == .nothing)
    }

    @Test("Others behind the address, and orders, narrow it to the session that attacks")
    func session() throws {
        for others in [readers(), [order]] {
            let found = try verdict("192.0.2.1", attacks(session: Self.digest) + others)
            #expect(found.advice == .narrow)
            #expect(found.subjects.map(\.description) == ["session/\(Self.digest)"])
            let taken = try #require(found.considered.last)
            #expect(taken.toll.requests == 30 && taken.toll.attacks == 30 && taken.toll.orders == 0 && taken.objection == nil)
            #expect(found.whole?.objection != nil)
        }
    }

    @Test("A session that orders is not banned")
    func sessionOrders() throws {
        let own = line("192.0.2.1", "GET /checkout/onepage/success/", second: 80, session: Self.digest)
        let found = try verdict("192.0.2.1", attacks(session: Self.digest) + readers() + [own])
        #expect(!found.subjects.contains { $0.kind == .session })
        #expect(found.considered.first { $0.kind == .session }?.objection?.contains("1 paid orders") == true)
    }

    @Test("Attacks without a session narrow it to a limit on their path; the limit lets its number through")
    func path() throws {
        let found = try verdict("192.0.2.1", attacks() + readers())
        #expect(found.advice == .narrow)
        #expect(found.subjects.map(\.description) == ["limit/10/192.0.2.1/search"])
        #expect(found.considered.last?.toll.requests == 20)
    }

    @Test("A path with numbers in it is limited by its beginning")
    func beginning() throws {
        let tries = (0..<40).map {
            line("192.0.2.1", "POST /rest/V1/carts/\($0)/x?a=sleep(\($0))", second: $0)
        }
        let found = try verdict("192.0.2.1", tries + readers())
        #expect(found.subjects.map(\.description) == ["limit/10/192.0.2.1/rest/V1/carts/"])
    }

    @Test("Guessed passwords are attacks, though each is answered like a login; one login is not")
    func guessing() throws {
        func login(_ second: Int, session: String, agent: String) -> [UInt8] {
            line("192.0.2.1", "POST /customer/account/loginPost", status: 302, second: second, session: session, agent: agent)
        }
        let guesses = (0..<50).map { login($0, session: "", agent: "curl") }
        let found = try verdict("192.0.2.1", guesses)
        #expect(found.advice == .apply)
        #expect(found.whole?.toll.attacks ?? 0 > 45)
        let shared = try verdict("192.0.2.1", guesses + [login(3_000, session: Self.other, agent: "Firefox")] + readers())
        #expect(shared.whole?.toll.innocentLogins == 1)
        #expect(shared.subjects.map(\.description) == ["limit/10/192.0.2.1/customer/account/loginPost"])
    }

    @Test(
        "What is in force and did not help makes way for the next; what the load balancer can't do is left out; then a person decides"
    )
    func escalation() throws {
        let lines = attacks(session: Self.digest) + readers()
        let session = try #require(BanSubject("session/\(Self.digest)"))
        let limit = try #require(BanSubject("limit/10/192.0.2.1/search"))
        #expect(try verdict("192.0.2.1", lines, inForce: [session]).subjects == [limit])
        #expect(try verdict("192.0.2.1", lines, inForce: [session, limit]).advice == .ask)
        #expect(try verdict("192.0.2.1", lines, kinds: [.address, .path]).subjects == [limit])
        let left = try verdict("192.0.2.1", lines, kinds: [.address])
        #expect(left.advice == .ask && left.subjects.map(\.description) == ["192.0.2.1"])
        #expect(left.considered.contains { $0.objection?.contains("not set up") == true })
    }

    @Test("A network has no path of its own, but sessions")
    func network() throws {
        let lines = attacks(session: Self.digest) + readers(from: "192.0.2.7")
        #expect(try verdict("192.0.2.0/24", lines).subjects.map(\.kind) == [.session])
        #expect(try verdict("192.0.2.0/24", attacks() + readers(from: "192.0.2.7")).advice == .ask)
    }

    @Test("A scan over many paths is no matter for a limit")
    func scan() throws {
        let scan = (0..<60).map { line("192.0.2.1", "GET /\($0)/?q=sleep(\($0))", second: $0) }
        #expect(try verdict("192.0.2.1", scan + readers(90)).advice == .ask)
    }
}

@Suite("Subjects of bans")
struct BanSubjectTests {
    @Test(
        "A text read and written again is the same",
        arguments: [
            "203.0.113.7", "203.0.113.0/24", "2001:db8:1:2::/64", "session/" + BanReplayTests.digest,
            "limit/10/203.0.113.7/customer/account/loginPost", "limit/1/2001:db8:1:2::/rest/V1/",
        ])
    func roundTrip(text: String) throws {
        #expect(try #require(BanSubject(text)).description == text)
    }

    @Test(
        "What a load balancer could misread is refused",
        arguments: [
            "", "x", "session/0a", "session/" + String(repeating: "0a", count: 32),
            "session/" + String(repeating: "G", count: 64),
            "limit/0/203.0.113.7/x", "limit/10/203.0.113.7", "limit/10/203.0.113.7/a b",
            "limit/10/203.0.113.7/a;show", "limit/10/203.0.113.7/a\nb", "limit/x/203.0.113.7/a", "limit/10/nobody/a",
            "limit/10/203.0.113.7/" + String(repeating: "a", count: 200),
        ])
    func refused(text: String) { #expect(BanSubject(text) == nil) }

    @Test("A cookie's digest is that of every other program; a log that has the digest is believed")
    func digest() throws {
        let known = "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08"
        #expect(SessionDigest(cookie: "test".utf8)?.description == known)
        let tail = "0/0/1/9/10 200 300 %C - ---- 1/1/0/0/0 0/0 %B\"GET / HTTP/1.1\""
        for (cookie, block) in [("PHPSESSID=test", ""), ("-", "{\(known)} "), ("-", "{shop.example|agent||\(known)} ")] {
            let text =
                "192.0.2.1:1 [23/Nov/2026:14:00:00.000] f b/s " + tail.replacing("%C", with: cookie).replacing("%B", with: block)
            let record = try #require(AccessLogParser.parse(Array(text.utf8)[...]))
            #expect(SessionDigest(of: record)?.description == known)
            #expect(record.host.map { String(decoding: $0, as: UTF8.self) } == (block.contains("shop") ? "shop.example" : nil))
        }
        let json = #"{"remote_addr":"192.0.2.1","status":200,"request":"GET / HTTP/1.1","cookie_phpsessid":"test"}"#
        #expect(SessionDigest(of: try #require(AccessLogParser.parse(Array(json.utf8)[...])))?.description == known)
    }

    @Test("Requests of a banned session that are answered are counted, and those beyond a limit")
    func watch() throws {
        let start: Nanoseconds = 1_795_442_400_000_000_000
        let detector = Detector(exempt: [])
        let session = try #require(BanSubject("session/" + BanReplayTests.digest))
        let limit = try #require(BanSubject("limit/2/192.0.2.9/login"))
        detector.watch([session: start - 60_000_000_000, limit: start - 60_000_000_000])
        func observe(_ client: String, _ path: String, status: Int, session: String = "") throws {
            let text =
                "\(client):1 [23/Nov/2026:14:00:30.000] f b/s 0/0/1/9/10 \(status) 300 - - ---- 1/1/0/0/0 0/0 {h.x|a||\(session)} "
                + "\"GET \(path) HTTP/1.1\""
            detector.observe(try #require(AccessLogParser.parse(Array(text.utf8)[...])), at: start)
        }
        func passed() -> Double? {
            let batch = detector.counters(at: 1)
            return batch.series.first { batch.labels(of: $0).metricName == "magewatch_waf_passed_bans_total" }
                .map { batch.values[$0.samples.lowerBound] }
        }
        try observe("192.0.2.1", "/", status: 200, session: BanReplayTests.digest)
        try observe("192.0.2.1", "/", status: 403, session: BanReplayTests.digest)
        try observe("192.0.2.1", "/", status: 200, session: BanReplayTests.other)
        #expect(passed() == 1)
        for _ in 0..<4 { try observe("192.0.2.9", "/login", status: 200) }
        for _ in 0..<9 { try observe("192.0.2.9", "/login", status: 429) }
        for _ in 0..<9 { try observe("192.0.2.9", "/other", status: 200) }
        #expect(passed() == 1)
        try observe("192.0.2.9", "/login", status: 200)
        #expect(passed() == 2)
    }
}
