import Parsing
import Synchronization
import Telemetry
import Testing
import Topology

@testable import WAF

@Suite("Crawlers that visitors claim to be")
struct CrawlerTests {
    private let start: Nanoseconds = 1_795_000_000_000_000_000
    private let second: Nanoseconds = 1_000_000_000

    private func record(
        _ address: String, _ uri: String = "/",
        agent: String = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    ) throws -> AccessRecord {
        let line = "\(address) - - [23/Nov/2026:14:00:00 +0000] \"GET \(uri) HTTP/1.1\" 200 1 \"-\" \"\(agent)\""
        return try #require(AccessLogParser.parse(Array(line.utf8)[...]))
    }

    private func address(_ text: String) throws -> NetworkAddress { try #require(NetworkAddress(text)) }

    @Test(
        "A name is a crawler's by whole labels",
        arguments: [
            ("crawl-66-249-66-1.googlebot.com", true), ("Crawl.GoogleBot.com.", true), ("googlebot.com", true),
            ("evilgooglebot.com", false), ("googlebot.com.evil.example", false), ("", false),
        ])
    func names(name: String, isOwn: Bool) throws {
        let crawler = try #require(Crawler.shipped.first { $0.id == "googlebot" })
        #expect(crawler.owns(name) == isOwn)
    }

    @Test("Nothing is held against a claim while the name service has not answered")
    func pending() throws {
        let detector = Detector(exempt: [], crawlers: Crawler.shipped)
        for number in 0..<50 {
            detector.observe(try record("192.0.2.1", "/p\(number)"), at: start + Nanoseconds(number) * second)
        }
        #expect(detector.offenders(at: start + 50 * second).isEmpty)
        // Asked once, whatever the number of requests.
        let questions = detector.takeCrawlerQuestions(limit: 10)
        #expect(questions.map(\.address) == [try address("192.0.2.1")])
        #expect(questions.first?.crawler.id == "googlebot")
        #expect(detector.takeCrawlerQuestions(limit: 10).isEmpty)
    }

    @Test(
        "Who is no crawler is an offender of the family of bots, for what it did before the answer and after it",
        arguments: [1, 5])
    func refuted(before: Int) throws {
        let detector = Detector(exempt: [], crawlers: Crawler.shipped)
        let client = try address("192.0.2.1")
        for number in 0..<before { detector.observe(try record("192.0.2.1", "/p\(number)"), at: start) }
        detector.take(.refuted, of: client, at: start + second)
        #expect(detector.offenders(at: start + second).isEmpty == (before < 3))
        for number in 0..<5 { detector.observe(try record("192.0.2.1", "/q\(number)"), at: start + 2 * second) }
        let found = try #require(detector.offenders(at: start + 2 * second).first)
        #expect(found.address == "192.0.2.1" && found.score.family == .badBot)
        let evidence = detector.read { $0.offenders[ClientAddress.network(of: client)]?.evidence }
        #expect(evidence?.first?.rule == "false-crawler")
        #expect(evidence?.first?.request.hasPrefix("GET /") == true)
    }

    @Test("A crawler is never an offender, whatever it follows, and what was held against it is forgotten")
    func confirmed() throws {
        let detector = Detector(exempt: [], crawlers: Crawler.shipped)
        let attack = "/?q=1%20union%20select%20password%20from%20users--"
        for _ in 0..<20 { detector.observe(try record("192.0.2.1", attack), at: start) }
        // It is not acted upon before the answer can have come.
        #expect(detector.offenders(at: start + second).isEmpty)
        detector.take(.confirmed, of: try address("192.0.2.1"), at: start + second)
        for _ in 0..<20 { detector.observe(try record("192.0.2.1", attack), at: start + 60 * second) }
        #expect(detector.offenders(at: start + 60 * second).isEmpty)
        #expect(detector.read { $0.offenders.isEmpty })
        #expect(detector.crawlers(at: start + 60 * second).map(\.description) == ["192.0.2.1"])
        // A day later it is asked again.
        detector.observe(try record("192.0.2.1"), at: start + 90_000 * second)
        #expect(detector.takeCrawlerQuestions(limit: 10).count == 2)
    }

    @Test("Who attacks under a crawler's name is acted upon soon, even if nobody answers")
    func silence() throws {
        let detector = Detector(exempt: [], crawlers: Crawler.shipped)
        for number in 0..<20 {
            detector.observe(
                try record("192.0.2.1", "/?q=1%20union%20select%20password%20from%20users--\(number)"), at: start)
        }
        #expect(detector.offenders(at: start + second).isEmpty)
        #expect(detector.offenders(at: start + 11 * second).count == 1)
    }

    @Test("What nobody could tell is asked again after a while, and nothing is held against it")
    func unknown() throws {
        let detector = Detector(exempt: [], crawlers: Crawler.shipped)
        detector.observe(try record("192.0.2.1"), at: start)
        #expect(detector.takeCrawlerQuestions(limit: 10).count == 1)
        detector.take(.unknown, of: try address("192.0.2.1"), at: start + second)
        for _ in 0..<20 { detector.observe(try record("192.0.2.1"), at: start + 10 * second) }
        #expect(detector.takeCrawlerQuestions(limit: 10).isEmpty)
        #expect(detector.offenders(at: start + 10 * second).isEmpty)
        detector.observe(try record("192.0.2.1"), at: start + 400 * second)
        #expect(detector.takeCrawlerQuestions(limit: 10).count == 1)
    }

    @Test("IPv6 addresses are asked about one by one, and a crawler's keeps its customer's network from being banned")
    func sixAddresses() throws {
        let detector = Detector(exempt: [], crawlers: Crawler.shipped)
        detector.observe(try record("2001:db8::1"), at: start)
        detector.observe(try record("2001:db8::2"), at: start)
        #expect(detector.takeCrawlerQuestions(limit: 10).count == 2)
        detector.take(.confirmed, of: try address("2001:db8::1"), at: start)
        #expect(detector.crawlers(at: start).map(\.description) == ["2001:db8::/64"])
    }

    @Test("The claim is found behind a trusted proxy, and in HAProxy's captures")
    func elsewhere() throws {
        let proxy = try #require(NetworkRange("10.0.0.0/8"))
        let detector = Detector(exempt: [proxy], crawlers: Crawler.shipped)
        let behind =
            "10.0.0.1 - - [23/Nov/2026:14:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"Googlebot/2.1\" \"203.0.113.9\""
        detector.observe(try #require(AccessLogParser.parse(Array(behind.utf8)[...])), at: start)
        let captured =
            "198.51.100.4:41000 [23/Nov/2026:14:00:00.000] www web/web1 0/0/1/2/3 200 100 - - ---- 1/1/0/0/0 0/0 {shop.example|Mozilla/5.0 (compatible; bingbot/2.0)} \"GET / HTTP/1.1\""
        detector.observe(try #require(AccessLogParser.parse(Array(captured.utf8)[...])), at: start)
        let asked = detector.takeCrawlerQuestions(limit: 10).map { "\($0.address) \($0.crawler.id)" }
        #expect(asked == ["203.0.113.9 googlebot", "198.51.100.4 bingbot"])
    }

    @Test("Questions and what is remembered are bounded, and what finds no room is counted")
    func bounded() throws {
        var board = CrawlerBoard(Crawler.shipped)
        for number in 0..<CrawlerBoard.maximumAddresses + 5_000 {
            let client = try #require(NetworkAddress("10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"))
            #expect(board.take(0, of: client, request: [], isPage: true, at: start) == nil)
            if number >= CrawlerBoard.maximumQuestions { _ = board.takeQuestions(limit: 1) }
        }
        #expect(board.questionCount <= CrawlerBoard.maximumQuestions)
        #expect(board.addressCount <= CrawlerBoard.maximumAddresses)
        #expect(board.dropped > 0)
    }

    @Test("Whoever asks is told that there is something to ask")
    func told() throws {
        let count = Mutex(0)
        let detector = Detector(exempt: [], crawlers: Crawler.shipped) { count.withLock { $0 += 1 } }
        detector.observe(try record("192.0.2.1", agent: "Mozilla/5.0 Firefox"), at: start)
        #expect(count.withLock { $0 } == 0)
        detector.observe(try record("192.0.2.1"), at: start)
        #expect(count.withLock { $0 } == 1)
    }

    @Test("A file whose crawlers can't be used is refused", arguments: ["names: []", "names: [com]", "names: [.google.com]"])
    func refused(names: String) {
        #expect(throws: RuleFileError.self) {
            try Crawler.parse(yaml: "crawlers:\n  - { id: a, agents: [b], \(names) }", file: "f")
        }
    }
}
