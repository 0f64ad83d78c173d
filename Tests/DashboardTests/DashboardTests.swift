import AgentContract
import Dashboard
import Foundation
import Telemetry
import TestKit
import Testing
import Topology

@Suite("Pages in the terminal")
struct PageRendererTests {
    /// A stack of two members and a leased overflow server, with something to show in every widget.
    static let snapshot: Snapshot = {
        let limits = Resources(cores: 1, memoryBytes: 1 << 30)
        func server(_ name: String, _ kind: Server.Kind, _ health: Server.Health) -> Server {
            Server(name: name, kind: kind, address: "10.0.0.1", agentURL: "", capacity: limits, health: health)
        }
        func container(_ name: String, _ role: Role, _ server: String, _ kind: Container.Kind = .active) -> Container {
            Container(
                name: name, role: role, kind: kind, server: server, address: "10.0.0.2/24", port: 80, limits: limits, image: "web"
            )
        }
        var snapshot = Snapshot(
            time: 1_795_443_309_000,
            stack: Stack(
                name: "shop",
                servers: [
                    server("s1", .member, .up), server("s2", .member, .down), server("o1", .overflow, .up),
                    server("o2", .overflow, .up),
                ],
                containers: [
                    container("web1", .web, "s1"), container("web2", .web, "s2"), container("web3", .web, "o1"),
                    container("db1", .db, "s1"),
                    container("db1b", .db, "s2", .backup),
                ],
                leases: [Lease(server: "o1", from: 0, fencingToken: 1)]))
        snapshot.utilisation = ["web1": 0.91, "web2": 0.7, "web3": 0.12, "db1": 0.3]
        snapshot.series = [
            "magewatch:role_utilisation:ratio": [
                .init(labels: ["role": "web"], values: [0.1, 0.2, 0.4, 0.8, .nan, 0.9]),
                .init(labels: ["role": "db"], values: [0.3, 0.3]),
            ]
        ]
        snapshot.forecasts = [
            Forecast(
                signal: "utilisation", role: "web", madeAt: 0, leadsSeconds: [60, 300],
                paths: [.init(quantile: 0.5, values: [0.8, 0.95]), .init(quantile: 0.9, values: [0.9, 1.1])], model: "trend",
                recentError: 0.02,
                secondsToSaturation: 200, secondsToSaturationEarly: 45)
        ]
        snapshot.alerts = [
            .init(name: "ForecastSaturation", state: "firing", summary: "web saturates in 45 s", since: 1_795_443_300_000)
        ]
        let decision = Decision(summary: "web needs 1 more container; o1 leased for one period")
        snapshot.plans = [
            PlanReport(
                plan: Plan(id: "p1", purpose: .scaleOut, role: .web, createdAt: 1_795_443_301_000, steps: [], decision: decision),
                state: "done",
                startedAt: nil, finishedAt: nil, steps: [])
        ]
        snapshot.logs = [
            #"{host=~".+"}"#: [
                .init(time: 1_795_443_308_000, labels: ["host": "web1", "app": "nginx"], text: "GET / 200\u{1b}[31m")
            ]
        ]
        return snapshot
    }()

    func page() throws -> Page {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../dashboards/overview.yaml")
        return try Page.parse(String(contentsOf: url, encoding: .utf8), file: "overview.yaml")
    }

    @Test("The overview looks as it should", arguments: [(80, 24), (120, 40), (200, 60)])
    func golden(width: Int, height: Int) throws {
        let text = PageRenderer(zoneSeconds: 0).render(try page(), Self.snapshot, width: width, height: height).text + "\n"
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Golden/overview-\(width)x\(height).txt")
        if ProcessInfo.processInfo.environment["MAGEWATCH_RECORD_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: golden, encoding: .utf8)))
    }

    @Test("Any size can be drawn, and nothing is drawn outside", arguments: [(1, 1), (3, 2), (10, 5), (79, 3), (5, 100)])
    func sizes(width: Int, height: Int) throws {
        let screen = PageRenderer(zoneSeconds: 0).render(try page(), Self.snapshot, width: width, height: height)
        #expect(screen.width == width && screen.height == height)
        #expect(screen.text.split(separator: "\n").allSatisfy { TextWidth.columns(of: String($0)) <= width })
    }

    @Test("Control characters of a log line never reach the terminal")
    func control() throws {
        let screen = PageRenderer(zoneSeconds: 0).render(try page(), Self.snapshot, width: 120, height: 40)
        #expect(!screen.update(from: nil, colours: false).replacing("\u{1b}[2J", with: "").contains("\u{1b}[31m"))
    }

    @Test("An update sends only what changed, and a terminal that follows it shows the same")
    func updates() throws {
        let page = try page()
        let renderer = PageRenderer(zoneSeconds: 0)
        let first = renderer.render(page, Self.snapshot, width: 100, height: 30)
        var later = Self.snapshot
        later.time += 1000
        later.utilisation["web1"] = 0.5
        let second = renderer.render(page, later, width: 100, height: 30)
        let update = second.update(from: first, colours: false)
        #expect(update.utf8.count < first.update(from: nil, colours: false).utf8.count / 10)
        #expect(second.update(from: second, colours: true).isEmpty)
    }

    @Test("A page that is none is refused with its file's name", arguments: ["", "title: x", "title: x\nrows: 3", "rows: [["])
    func bad(yaml: String) {
        #expect(throws: PageError.self) { try Page.parse(yaml, file: "p.yaml") }
    }
}

@Suite("Numbers and courses")
struct WidgetTextTests {
    @Test(
        "Courses are scaled",
        arguments: [([0, 1.0], "▁█"), ([.nan, 2, 2], " ██"), ([0, 0], "▁▁"), ([], ""), ([-1, 0, 1], "▁▄█")])
    func sparkline(values: [Double], text: String) {
        #expect(Sparkline.text(values, width: 10) == text)
    }

    @Test(
        "Units",
        arguments: [
            (0.256, "percent", "26%"), (1536, "bytes", "1.5 KiB"), (0.0123, "seconds", "12 ms"), (2.5, "seconds", "2.5 s"),
            (12_345, "short", "12.3k"),
            (.nan, "short", "-"), (1e300, "short", "1000000000000000T"), (7, "short", "7"),
        ])
    func units(value: Double, unit: String, text: String) {
        #expect(Units.text(value, unit) == text)
    }

    @Test("Wide and combining characters take their columns")
    func widths() {
        #expect(TextWidth.columns(of: "日本") == 4)
        #expect(TextWidth.columns(of: "e\u{301}") == 1)
        #expect(TextWidth.columns(of: "·─█") == 3)
    }
}
