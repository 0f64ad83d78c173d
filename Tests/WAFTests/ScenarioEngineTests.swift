import Parsing
import TestKit
import Testing
import Topology
import WAF

@Suite("Behaviour", .ownThread)
struct ScenarioEngineTests {
    let second: Int64 = 1_000_000_000

    func client(_ number: Int) throws -> NetworkRange {
        try #require(NetworkRange("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"))
    }

    @Test("Six failures in a minute are brute force; six in an hour are not")
    func bruteForce() throws {
        for (gap, expected) in [(1, true), (600, false)] {
            var engine = ScenarioEngine()
            let names = try (0..<6).flatMap { index in
                try engine.observe(BehaviourEvent(.loginFailed, at: Int64(index * gap) * second, by: client(1), account: 1)).map(
                    \.scenario.name)
            }
            #expect(names.contains("login-brute-force") == expected)
        }
    }

    @Test("One account tried from many addresses is seen, though none of them tries often")
    func distributed() throws {
        var engine = ScenarioEngine()
        let overflows = try (0..<11).flatMap { index in
            try engine.observe(BehaviourEvent(.loginFailed, at: Int64(index * 20) * second, by: client(index << 8), account: 7))
        }
        #expect(overflows.map(\.scenario.name) == ["distributed-brute-force"])
        #expect(overflows.first?.eventCount == 11)
    }

    @Test("Neighbours that take turns are seen by their network")
    func network() throws {
        var engine = ScenarioEngine()
        let overflows = try (0..<11).flatMap { index in
            try engine.observe(
                BehaviourEvent(.unknownUser, at: Int64(index) * second, by: client(index), account: UInt64(index)))
        }
        #expect(overflows.contains { $0.scenario.name == "network-brute-force" })
    }

    @Test("A path counts once while it is in the bucket; a group that overflowed is silent for a while")
    func distinct() throws {
        var engine = ScenarioEngine()
        func refuse(_ path: UInt64, _ time: Int64) throws -> [String] {
            var event = try BehaviourEvent(.refused, at: time * second, by: client(1), path: path)
            event.isPage = true
            return engine.observe(event).map(\.scenario.name)
        }
        for _ in 0..<50 { #expect(try refuse(1, 0).isEmpty) }
        #expect(try (2...11).flatMap { try refuse(UInt64($0), 1) } == ["http-probing"])
        #expect(try (20...40).flatMap { try refuse(UInt64($0), 2) }.isEmpty)
        #expect(try (50...61).flatMap { try refuse(UInt64($0), 100) }.contains("http-probing"))
    }

    @Test("Replaying gives the same verdicts", arguments: [1, 2, 3] as [UInt64])
    func replay(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let events = try (0..<5_000).map { index in
            BehaviourEvent(
                BehaviourEvent.Kind.allCases.randomElement(using: &generator)!, at: Int64(index) * second / 4,
                by: try client(Int.random(in: 0..<20, using: &generator)), path: UInt64.random(in: 0..<50, using: &generator),
                account: UInt64.random(in: 0..<5, using: &generator))
        }
        func run() -> [String] {
            var engine = ScenarioEngine()
            return events.flatMap { engine.observe($0).map { "\($0.scenario.name) \($0.client) \($0.time)" } }
        }
        let first = run()
        #expect(!first.isEmpty)
        #expect(first == run(), "seed \(seed)")
    }

    @Test("A leaky bucket overflows exactly when a naive count of what has not leaked does", arguments: [4, 5, 6] as [UInt64])
    func againstNaive(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let shape = LeakyBucket.Shape(capacity: 5, leakSeconds: 2)
        var bucket = LeakyBucket()
        var level = 0.0
        var time: Int64 = 0
        for _ in 0..<1_000 {
            let step = Int64.random(in: 0...(3 * second), using: &generator)
            level = max(0, level - Double(step) / Double(2 * second)) + 1
            time += step
            let expected = level > 5
            if expected { level = 0 }
            #expect(bucket.add(at: time, shape) == expected, "seed \(seed)")
        }
    }

    @Test("Buckets are bounded, whatever the number of addresses")
    func bounded() throws {
        var engine = ScenarioEngine([
            Scenario("a", .flood, "r", filter: .init([.request]), by: .address, capacity: 1_000, leakSeconds: 100)
        ])
        for number in 0..<ScenarioEngine.maximumBuckets + 1_000 {
            _ = engine.observe(BehaviourEvent(.request, at: Int64(number), by: try client(number)))
        }
        #expect(engine.bucketCount <= ScenarioEngine.maximumBuckets)
        #expect(engine.forgotten > 0)
    }
}

@Suite("What a log tells of attacks")
struct AttackLedgerTests {
    func line(_ client: String, _ uri: String, status: Int = 200, second: Int = 0, agent: String = "a", method: String = "GET")
        -> [UInt8]
    {
        let two = second % 60 < 10 ? "0\(second % 60)" : "\(second % 60)"
        return Array(
            "\(client) - - [23/Nov/2026:14:00:\(two) +0000] \"\(method) \(uri) HTTP/1.1\" \(status) 100 \"-\" \"\(agent)\"".utf8)
    }

    @Test("An offender carries its trail: rule, bytes, transformations, request")
    func trail() throws {
        var ledger = AttackLedger()
        ledger.take(accessLine: line("192.0.2.1", "/?q=%2527%2520or%25201=1")[...])
        ledger.take(accessLine: line("192.0.2.2", "/shoes")[...])
        ledger.take(accessLine: Array("no log line".utf8)[...])
        #expect(ledger.requests == 2)
        #expect(ledger.attacks == 1)
        #expect(ledger.unparsed == 1)
        let offender = try #require(ledger.ranking.first)
        #expect(ledger.offenders.count == 1)
        #expect(offender.client.description == "192.0.2.1")
        #expect(offender.family == .sqlInjection)
        let evidence = try #require(offender.evidence.first { $0.rule == "sqli-tautology" })
        #expect(evidence.detail.contains("or 1=1"))
        #expect(evidence.detail.contains("percent twice"))
        #expect(ledger.timeline.values.first == [.sqlInjection: 1])
    }

    @Test("Offenders that attack alike are one campaign")
    func campaigns() {
        var ledger = AttackLedger()
        for number in 1...5 {
            ledger.take(accessLine: line("192.0.2.\(number)", "/?q=sleep(\(number))", second: number, agent: "x")[...])
        }
        ledger.take(accessLine: line("192.0.2.99", "/?q=%3Cscript%3E", agent: "x")[...])
        #expect(ledger.campaigns.map(\.clients.count) == [5])
        #expect(ledger.campaigns.first?.attacks == 5)
    }
}

@Suite("Kinds of events")
struct BehaviourEventKindTests {
    @Test("Each kind has its own place, in the order of all")
    func places() {
        for kind in BehaviourEvent.Kind.allCases {
            // A scenario that counts this kind alone counts its events and no others.
            var engine = ScenarioEngine([
                Scenario("a", .flood, "r", filter: .init([kind]), by: .address, capacity: 0, leakSeconds: 1, muteSeconds: 0)
            ])
            guard kind != .finding, let client = NetworkRange("192.0.2.1") else { continue }
            for other in BehaviourEvent.Kind.allCases {
                #expect(engine.observe(BehaviourEvent(other, at: 1_000_000_000, by: client)).isEmpty == (other != kind))
            }
        }
    }
}
