import AgentContract
import Ingest
import LogStore
import Logging
import Parsing
import StackConfiguration
import Telemetry
import TestKit
import Testing
import Topology
import WAF

@testable import Monitor

@Suite("Bans are replayed before they are made")
struct BanReviewTests {
    let directory: TemporaryDirectory
    let stores: MonitorStores
    let now = SystemClock.milliseconds()

    init() throws {
        directory = try TemporaryDirectory("ban-review")
        var configuration = try ConfigurationFile.parse(stackText, file: "m.yaml")
        configuration.dataDirectory = directory.path
        stores = try MonitorStores(configuration, metrics: SelfMetrics()) { _ in }
    }

    func store(_ client: String, _ requests: [String], daysAgo: Int64 = 1) async throws {
        var batch = LogBatch()
        for (number, request) in requests.enumerated() {
            let line = "\(client) - - [23/Nov/2026:14:00:00 +0000] \"\(request) HTTP/1.1\" 200 100 \"-\" \"agent \(number % 3)\""
            batch.append(["app": "nginx"], at: (now - daysAgo * 86_400_000) * 1_000_000 + Int64(number), line: line.utf8)
        }
        _ = try await stores.logs.append(batch)
    }

    func review(_ address: String, kinds: [BanSubject.Kind] = [.address], inForce: Set<BanSubject> = []) async throws
        -> BanReview
    {
        let reviewer = BanReviewer(logs: stores.logs, detector: Detector(exempt: []), limits: BanToll.Limits())
        return try await reviewer.review(BanQuestion(address: address, now: now, kinds: kinds, inForce: inForce))
    }

    @Test("Attacks are banned; customers, and others behind one address, are left to a person; what is long ago does not count")
    func advice() async throws {
        let attack = "GET /?q=%27%20or%201=1"
        try await store("203.0.113.1", Array(repeating: attack, count: 5))
        try await store("203.0.113.2", [attack, "GET /checkout/onepage/success"])
        try await store("203.0.113.3", [attack] + (0..<40).map { "GET /product/\($0)" })
        try await store("203.0.113.14", ["GET /checkout/onepage/success"], daysAgo: 1)
        try await store("203.0.113.5", ["GET /checkout/onepage/success"], daysAgo: 9)
        for (address, expected) in [
            ("203.0.113.1", false), ("203.0.113.2", true), ("203.0.113.3", true), ("203.0.113.4", false), ("203.0.113.5", false),
            ("203.0.113.0/24", true), ("2001:db8:1:2::/64", false), ("no address", false),
        ] {
            #expect(try await review(address).needsApproval == expected, "\(address)")
        }
        let text = try #require(try await review("203.0.113.1").evidence.first?.text)
        #expect(text.contains("5 requests, 5 of them attacks, 0 logins and 0 orders of 0 sessions and 3 user agents"), "\(text)")
    }
}

@Suite("Narrowed bans of the scaler")
struct BanNarrowingTests {
    @Test("What others share is narrowed to a path where the load balancer can; else, and where that went on, a person decides")
    func narrowed() async throws {
        let reviews = try BanReviewTests()
        try await reviews.store(
            "203.0.113.3", (0..<30).map { "GET /search?q=sleep(\($0))" } + (0..<60).map { "GET /product/\($0)" })
        let limit = try #require(BanSubject("limit/10/203.0.113.3/search"))
        let review = try await reviews.review("203.0.113.3", kinds: [.address, .path])
        #expect(review.narrowed == [limit] && !review.needsApproval)
        #expect(review.evidence.contains { $0.text.contains("203.0.113.3 at /search, 10 requests a minute") })
        for (kinds, inForce) in [([BanSubject.Kind.address], Set<BanSubject>()), ([.address, .path], [limit])] {
            let left = try await reviews.review("203.0.113.3", kinds: kinds, inForce: inForce)
            #expect(left.narrowed.isEmpty && left.needsApproval)
        }
    }
}

@Suite("The queue before the detector")
struct RecordJudgeTests {
    private func sighting(_ client: String) throws -> LogSighting {
        let line = "\(client) - - [23/Nov/2026:14:00:00 +0000] \"GET /?q=%27%20or%201=1 HTTP/1.1\" 200 100 \"-\" \"-\""
        return LogSighting(
            record: .access(try #require(AccessLogParser.parse(Array(line.utf8)[...]))), stream: .empty,
            time: 1_795_442_400_000_000_000)
    }

    @Test(
        "A sender waits while the queue is more than half full, until it is judged or its patience is over",
        .timeLimit(.minutes(10)))
    func room() async throws {
        let detector = Detector(exempt: [])
        let metrics = SelfMetrics()
        let judge = RecordJudge(detector: detector, metrics: metrics, maximumRecords: 1_000)
        let batch = try Array(repeating: sighting("203.0.113.5"), count: 500)
        judge.observe(batch)
        await judge.waitForRoom()
        #expect(metrics.value("magewatch_waf_senders_slowed_total") == 0)
        judge.observe(Array(batch.prefix(1)))
        // Nobody judges: it is let go all the same.
        await judge.waitForRoom()
        #expect(metrics.value("magewatch_waf_senders_slowed_total") == 1 && detector.read { $0.requests } == 0)
        let running = Task { await judge.run() }
        await judge.waitForRoom()
        while detector.read({ $0.requests }) < 501 { await Task.yield() }
        running.cancel()
        await running.value
        #expect(metrics.value("magewatch_waf_unjudged_total") == 0)
    }

    @Test("What waits is bounded, what does not fit is counted, and the rest is judged in order", .timeLimit(.minutes(10)))
    func bound() async throws {
        let detector = Detector(exempt: [])
        let metrics = SelfMetrics()
        let judge = RecordJudge(detector: detector, metrics: metrics, maximumRecords: 1_000)
        let batch = try Array(repeating: sighting("203.0.113.5"), count: 100)
        for _ in 0..<13 { judge.observe(batch) }
        #expect(metrics.value("magewatch_waf_unjudged_total") == 300)
        let running = Task { await judge.run() }
        while detector.read({ $0.requests }) < 1_000 { await Task.yield() }
        running.cancel()
        await running.value
        #expect(detector.read { $0.attacks } == 1_000)
        judge.observe(batch)
        #expect(metrics.value("magewatch_waf_unjudged_total") == 300)
    }
}
