import Parsing
import Telemetry
import TestKit
import Testing
import Topology
import WAF

@testable import Monitor

@Suite("Crawlers verified by the names of their addresses")
struct CrawlerVerifierTests {
    private typealias Key = TestNameServer.Key

    private static let pointer: UInt16 = 12
    private static let name = TestNameServer.name

    /// 192.0.2.1 is a crawler's; the others are wrong in one way each.
    private static let zone: [Key: TestNameServer.Entry] = {
        func reverse(_ last: Int) -> String { "\(last).2.0.192.in-addr.arpa" }
        var zone: [Key: TestNameServer.Entry] = [
            Key(name: reverse(1), type: 12): .records([name("other.example"), name("crawl-1.googlebot.com")]),
            Key(name: "crawl-1.googlebot.com", type: 1): .records([[192, 0, 2, 9], [192, 0, 2, 1]]),
            // Its owner calls it so, and the domain knows nothing of it.
            Key(name: reverse(2), type: 12): .records([name("crawl-1.googlebot.com")]),
            Key(name: reverse(3), type: 12): .records([name("googlebot.com.evil.example")]),
            Key(name: "googlebot.com.evil.example", type: 1): .records([[192, 0, 2, 3]]),
            Key(name: reverse(5), type: 12): .broken,
            Key(name: reverse(6), type: 12): .records([name("crawl-6.googlebot.com")]),
            Key(name: "crawl-6.googlebot.com", type: 1): .broken,
            Key(name: reverse(7), type: 12): .silent,
            Key(name: reverse(8), type: 12): .alias("8.0-15.2.0.192.in-addr.arpa", [name("crawl-8.GoogleBot.com")]),
            Key(name: "crawl-8.googlebot.com", type: 1): .alias("edge.google.com", [[192, 0, 2, 8]]),
            Key(name: reverse(9), type: 12): .alwaysTruncated,
            // More than fits over UDP: 200 names, and as many addresses as fill ten kilobytes.
            Key(name: reverse(13), type: 12): .truncated(
                [name("crawl-13.googlebot.com")] + (0..<200).map { name("host-\($0).other.example") }),
            Key(name: "crawl-13.googlebot.com", type: 1): .truncated(
                (0..<600).map { [198, 51, UInt8($0 >> 8), UInt8($0 & 255)] } + [[192, 0, 2, 13]]),
            Key(name: reverse(14), type: 12): .truncated(nil),
            Key(name: reverse(15), type: 12): .truncated([name("crawl-13.googlebot.com")]),
            Key(name: reverse(10), type: 12): .records([]),
            Key(name: reverse(11), type: 12): .otherQuestion,
            Key(name: reverse(12), type: 12): .records((0..<20).map { name("c\($0).googlebot.com") }),
        ]
        let six = Array(repeating: "0", count: 23) + "8bd01002".map(String.init)
        zone[Key(name: (["1"] + six).joined(separator: ".") + ".ip6.arpa", type: 12)] = .records([name("crawl-s.googlebot.com")])
        zone[Key(name: "crawl-s.googlebot.com", type: 28)] = .records([
            [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
        ])
        return zone
    }()

    private func withServer<Value>(_ body: (TestNameServer, NameServer) async throws -> Value) async throws -> Value {
        let server = TestNameServer(Self.zone)
        let port = try await server.start()
        let value = try await body(server, NameServer(host: "127.0.0.1", port: port, timeout: .milliseconds(400)))
        try await server.stop()
        return value
    }

    private func question(_ address: String) throws -> CrawlerBoard.Question {
        let detector = Detector(exempt: [], crawlers: Crawler.shipped)
        let line = "\(address) - - [23/Nov/2026:14:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"Googlebot/2.1\""
        detector.observe(try #require(AccessLogParser.parse(Array(line.utf8)[...])), at: 1)
        return try #require(detector.takeCrawlerQuestions(limit: 1).first)
    }

    @Test(
        "The name must be the crawler's and have the address",
        arguments: [
            ("192.0.2.1", CrawlerBoard.Answer.confirmed), ("192.0.2.2", .refuted), ("192.0.2.3", .refuted),
            ("192.0.2.4", .refuted),
            ("192.0.2.5", .unknown), ("192.0.2.6", .unknown), ("192.0.2.7", .unknown), ("192.0.2.8", .confirmed),
            ("192.0.2.9", .unknown), ("192.0.2.10", .refuted), ("192.0.2.11", .unknown), ("192.0.2.12", .refuted),
            ("192.0.2.13", .confirmed), ("192.0.2.14", .unknown), ("192.0.2.15", .refuted), ("2001:db8::1", .confirmed),
        ])
    func verdicts(address: String, expected: CrawlerBoard.Answer) async throws {
        let question = try question(address)
        try await withServer { server, service in
            #expect(await service.verify(question) == expected)
            // Of a list of names without end a few are followed, and another's never.
            #expect(server.questions.count <= 1 + max(NameServer.attempts, CrawlerVerifier.maximumNames))
            #expect(!server.questions.contains("googlebot.com.evil.example"))
        }
    }

    @Test("Only what is cut short is asked over TCP", arguments: [("192.0.2.1", 0), ("192.0.2.9", 1), ("192.0.2.13", 2)])
    func stream(address: String, count: Int) async throws {
        let question = try question(address)
        try await withServer { server, service in
            _ = await service.verify(question)
            #expect(server.streamQuestions == count)
        }
    }

    @Test("A server that is not there is no answer, and keeps nobody waiting")
    func absent() async throws {
        let server = TestNameServer([:])
        let port = try await server.start()
        try await server.stop()
        let service = NameServer(host: "127.0.0.1", port: port, timeout: .milliseconds(400))
        #expect(await service.verify(try question("192.0.2.1")) == .unknown)
    }

    @Test("What the detector asks is answered beside it, and a false crawler becomes an offender")
    func service() async throws {
        try await withServer { _, service in
            let metrics = SelfMetrics()
            let now: Nanoseconds = 1_795_000_000_000_000_000
            let verifier = CrawlerVerifier(service: service, metrics: metrics) { now }
            let detector = Detector(exempt: [], crawlers: Crawler.shipped) { verifier.wake() }
            func request(_ address: String) throws {
                let line = "\(address) - - [23/Nov/2026:14:00:00 +0000] \"GET /a HTTP/1.1\" 200 1 \"-\" \"Googlebot/2.1\""
                detector.observe(try #require(AccessLogParser.parse(Array(line.utf8)[...])), at: now)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await verifier.run(detector) }
                for _ in 0..<5 { for last in 1...4 { try request("192.0.2.\(last)") } }
                func answers() -> Double {
                    ["confirmed", "refuted"].reduce(0) {
                        $0 + metrics.value("magewatch_waf_crawler_look_ups_total", ["answer": $1])
                    }
                }
                while answers() < 4 { await Task.yield() }
                group.cancelAll()
            }
            #expect(Set(detector.offenders(at: now).map(\.address)) == ["192.0.2.2", "192.0.2.3", "192.0.2.4"])
            #expect(detector.crawlers(at: now).map(\.description) == ["192.0.2.1"])
        }
    }

    @Test(
        "The system's name server is the first of resolv.conf",
        arguments: [
            ("# x\nsearch a\nnameserver\t192.0.2.53\nnameserver 192.0.2.54\n", "192.0.2.53"),
            ("nameserver fe80::1%eth0\n", "127.0.0.1"),
            ("", "127.0.0.1"), (nil, "127.0.0.1"),
        ])
    func system(text: String?, server: String) {
        #expect(NameServer.ofSystem(text) == server)
    }
}

@Suite("Messages of the name service")
struct DNSMessageTests {
    @Test(
        "Names of addresses",
        arguments: [
            ("192.0.2.1", "1.2.0.192.in-addr.arpa"),
            ("2001:db8::1", "1." + String(repeating: "0.", count: 23) + "8.b.d.0.1.0.0.2.ip6.arpa"),
        ])
    func reverse(address: String, name: String) throws {
        #expect(DNSMessage.pointerName(of: try #require(NetworkAddress(address))) == name)
    }

    @Test(
        "What can't be a name is not asked for",
        arguments: ["", ".", String(repeating: "a", count: 64), String(repeating: "a.", count: 130)])
    func impossible(name: String) {
        #expect(DNSMessage.question(1, name, .address) == nil)
    }

    @Test("An answer of any bytes is read or refused")
    func damage() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let question = try #require(DNSMessage.question(0x1234, "1.2.0.192.in-addr.arpa", .pointer))
        let sound: [UInt8] =
            [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0] + question[12...] + [0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, 6]
            + [1, 97, 1, 98, 0xc0, 14] + [0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, 3] + [1, 99, 0]
        #expect(
            DNSMessage.answer(sound, to: question, .pointer) == .records(names: ["a.b.2.0.192.in-addr.arpa", "c"], addresses: []))
        var kinds = (none: 0, failed: 0, read: 0)
        for _ in 0..<20_000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 12..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
            switch DNSMessage.answer(bytes, to: question, .pointer) {
            case nil: kinds.none += 1
            case .failure, .noName, .truncated: kinds.failed += 1
            case .records: kinds.read += 1
            }
        }
        #expect(kinds.none > 0 && kinds.failed > 0 && kinds.read > 0, "seed \(seed): \(kinds)")
    }
}
