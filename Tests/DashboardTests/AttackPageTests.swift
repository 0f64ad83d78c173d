import AgentContract
import Dashboard
import Foundation
import TestKit
import Testing
import Topology

@Suite("The page of attacks")
struct AttackPageTests {
    private static let now: Int64 = 1_795_443_309_000
    private static let hour: Int64 = 3_600_000

    static let snapshot: Snapshot = {
        var snapshot = Snapshot(time: now, stack: Stack(name: "shop"))
        let first = now - now % hour
        snapshot.attacks = AttackSummary(
            requests: 1_234_567, attacks: 4_321, offenders: 3, unparsed: 12, rules: ["sqli-union": 40],
            timeline: (0..<60).map { back in
                .init(
                    start: first - Int64(59 - back) * hour,
                    families: ["sqli": back % 7, "brute-force": back > 50 ? 40 : 0, "probing": 3])
            })
        func offender(_ address: String, _ score: Int, _ family: String, _ country: String?) -> OffenderReport {
            var offender = OffenderReport(
                address: address, score: score, attacks: score / 2, requests: score * 30, bytes: 123_456,
                busySeconds: Double(score) / 4,
                family: family, firstSeen: now - hour, lastSeen: now - 5_000,
                evidence: [
                    .init(
                        time: now - hour, family: family, rule: "sqli-union",
                        reason: "A second query is joined to the statement.",
                        detail: "\"union select\" in parameter after url, 5 points of the 5 that make an attack",
                        request: "GET /catalogsearch/result/?q=1%27+union+select+password+from+admin_user-- HTTP/1.1")
                ])
            offender.country = country
            offender.system = country == nil ? nil : 64_500
            offender.organization = country == nil ? nil : "Example Telecom"
            return offender
        }
        snapshot.offenders = [
            offender("203.0.113.7", 420, "sqli", "FR"), offender("2001:db8:aaaa:bbbb::/64", 130, "bot", nil),
            offender("198.51.100.23", 101, "brute-force", "US"),
        ]
        snapshot.bans = [
            BanReport(address: "203.0.113.7", reason: "203.0.113.7 attacks, score 420", from: now - hour, until: now + 5 * hour),
            BanReport(address: "192.0.2.99", reason: "192.0.2.99 attacks, score 120", from: now - hour, until: now + 95_000),
        ]
        let decision = Decision(
            summary: "ban 198.51.100.23 for 3600 s (1. time): 198.51.100.23 attacks, score 101",
            evidence: [
                .init(
                    "replay",
                    "in the last 7 days it would have hit 812 requests, 30 of them attacks, 4 logins and 2 orders of 9 user agents: it hits customers, a person decides"
                )
            ])
        snapshot.plans = [
            PlanReport(
                plan: Plan(
                    id: "ban-198.51.100.23-1", purpose: .ban, role: nil, createdAt: now - 60_000, steps: [], decision: decision),
                state: "proposed", startedAt: nil, finishedAt: nil, steps: []),
            PlanReport(
                plan: Plan(
                    id: "ban-203.0.113.7-1", purpose: .ban, role: nil, createdAt: now - hour, steps: [], decision: decision),
                state: "done", startedAt: nil, finishedAt: nil, steps: []),
        ]
        snapshot.unparsed = ["a line of nobody's \u{1b}[31mformat", "198.51.100.9 - - [broken"]
        return snapshot
    }()

    private func page() throws -> Page {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../dashboards/attacks.yaml")
        return try Page.parse(String(contentsOf: url, encoding: .utf8), file: "attacks.yaml")
    }

    private func compare(_ screen: Screen, with name: String) throws {
        let text = screen.text + "\n"
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name).txt")
        if ProcessInfo.processInfo.environment["MAGEWATCH_RECORD_GOLDEN"] != nil {
            try text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: golden, encoding: .utf8)))
    }

    @Test("It looks as it should", arguments: [(80, 24), (160, 45)])
    func golden(width: Int, height: Int) throws {
        let screen = PageRenderer(zoneSeconds: 0).render(try page(), Self.snapshot, width: width, height: height)
        try compare(screen, with: "attacks-\(width)x\(height)")
    }

    @Test("An offender is explained with its whole trail", arguments: [(80, 24)])
    func explained(width: Int, height: Int) throws {
        let page = try page()
        var state = PageState(page)
        #expect(state.press(.enter, page, Self.snapshot) == nil)
        let screen = PageRenderer(zoneSeconds: 0).render(page, Self.snapshot, state, width: width, height: height)
        try compare(screen, with: "attacks-explained-\(width)x\(height)")
    }

    @Test("Where nothing happens it says so, and any size can be drawn", arguments: [(80, 24), (1, 1), (9, 4), (20, 60)])
    func quiet(width: Int, height: Int) throws {
        var snapshot = Snapshot(time: Self.now, stack: Stack(name: "shop"))
        snapshot.attacks = AttackSummary(requests: 0, attacks: 0, offenders: 0, unparsed: 0, rules: [:], timeline: [])
        let screen = PageRenderer(zoneSeconds: 0).render(try page(), snapshot, width: width, height: height)
        #expect(screen.text.split(separator: "\n").allSatisfy { TextWidth.columns(of: String($0)) <= width })
        if width == 80 {
            for text in ["nobody attacks", "none in force", "nothing waits", "none in 48 h"] {
                #expect(screen.text.contains(text))
            }
        }
        var state = PageState(try page())
        for key: PageState.Key in [.down, .up, .tab, .enter, .character("b"), .tab, .character("u"), .tab, .character("a")] {
            #expect(state.press(key, try page(), snapshot) == nil)
            _ = PageRenderer(zoneSeconds: 0).render(try page(), snapshot, state, width: width, height: height)
        }
        #expect(state.pending == nil)
    }

    @Test(
        "What a key does is asked for again, and done on y alone",
        arguments: [
            ([.down, .character("b")], PageState.Action.ban(address: "2001:db8:aaaa:bbbb::/64")),
            ([.character("j"), .character("j"), .character("j"), .character("b")], .ban(address: "198.51.100.23")),
            ([.down, .up, .up, .character("b")], .ban(address: "203.0.113.7")),
            ([.tab, .down, .character("u")], .unban(address: "192.0.2.99")),
            ([.down, .character("w")], .allow(address: "2001:db8:aaaa:bbbb::/64")),
            ([.tab, .down, .character("w")], .allow(address: "192.0.2.99")),
            ([.tab, .tab, .character("a")], .approve(plan: "ban-198.51.100.23-1")),
            ([.tab, .tab, .character("d")], .reject(plan: "ban-198.51.100.23-1")),
            ([.tab, .tab, .tab, .character("b")], .ban(address: "203.0.113.7")),
        ] as [([PageState.Key], PageState.Action)])
    func actions(keys: [PageState.Key], action: PageState.Action) throws {
        let page = try page()
        var state = PageState(page)
        for key in keys { #expect(state.press(key, page, Self.snapshot) == nil) }
        #expect(state.pending == action)
        let screen = PageRenderer(zoneSeconds: 0).render(page, Self.snapshot, state, width: 80, height: 24)
        #expect(screen.text.contains("y yes"))
        var other = state
        #expect(other.press(.character("n"), page, Self.snapshot) == nil && other.pending == nil)
        #expect(state.press(.character("y"), page, Self.snapshot) == action && state.pending == nil)
    }

    @Test(
        "Other keys",
        arguments: [
            (PageState.Key.character("q"), PageState.Action.quit), (.character("r"), .refresh),
            (.character("1"), .show(page: "overview")),
            (.character("2"), .show(page: "attacks")),
        ])
    func keys(key: PageState.Key, action: PageState.Action) throws {
        let page = try page()
        var state = PageState(page)
        #expect(state.press(key, page, Self.snapshot) == action)
    }

    @Test("A key of another list does nothing", arguments: ["u", "a", "d", "x"] as [Character])
    func elsewhere(key: Character) throws {
        let page = try page()
        var state = PageState(page)
        #expect(state.press(.character(key), page, Self.snapshot) == nil && state.pending == nil)
    }

    @Test("The cursor stays in sight in a long list, and in the list when it gets shorter")
    func scrolling() throws {
        let page = try page()
        var snapshot = Self.snapshot
        snapshot.offenders = (0..<100).map { number in
            var offender = Self.snapshot.offenders[0]
            offender.address = "10.0.0.\(number)"
            return offender
        }
        var state = PageState(page)
        for _ in 0..<57 { _ = state.press(.down, page, snapshot) }
        let screen = PageRenderer(zoneSeconds: 0).render(page, snapshot, state, width: 80, height: 24)
        #expect(screen.text.contains("▸ 10.0.0.57 "))
        let shorter = PageRenderer(zoneSeconds: 0).render(page, Self.snapshot, state, width: 80, height: 24)
        #expect(shorter.text.contains("▸ 198.51.100.23 "))
    }
}
