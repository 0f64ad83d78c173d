import AgentContract
import Dashboard
import Foundation
import StackConfiguration
import Telemetry
import Topology

/// Reads what a page needs from a monitor.
struct SnapshotReader: Sendable {
    /// Points of a course.
    static let points = 120
    /// Offenders that the cursor can reach.
    static let offenders = 200

    let client: MonitorClient
    let page: Page

    /// The state now. What one widget can't get is said in the foot line and leaves the others alone.
    func read(previous: Snapshot?) async throws -> Snapshot {
        let now = Date().timeIntervalSince1970
        let stack = try await client.decode(Stack.self, "/api/magewatch/v1/stack")
        var snapshot = Snapshot(time: Milliseconds(now * 1000), stack: stack)
        snapshot.plans = try await client.decode([PlanReport].self, "/api/magewatch/v1/plans", [("limit", "\(plansRead)")])
        snapshot.forecasts = try await client.decode([Forecast].self, "/api/magewatch/v1/forecasts")
        snapshot.alerts = try await alerts()
        for element in try await vector("magewatch:container_utilisation:ratio") {
            if let name = element.labels["container"], let value = element.values.last { snapshot.utilisation[name] = value }
        }
        do {
            try await readAttacks(into: &snapshot)
        } catch {
            snapshot.problem = "attacks: \(error)"
        }
        for widget in page.rows.flatMap(\.widgets) {
            guard let query = widget.query else { continue }
            do {
                switch widget.kind {
                case .series: snapshot.series[query] = try await series(query, widget.range, now)
                case .logs: snapshot.logs[query] = try await logs(query, now)
                default: break
                }
            } catch {
                snapshot.problem = "\(widget.title): \(error)"
            }
        }
        return snapshot
    }

    /// Those that wait for a person may be many and old; other pages show the latest.
    private var plansRead: Int { kinds.contains(.review) ? 1_000 : 20 }

    private var kinds: Set<Page.Widget.Kind> { Set(page.rows.flatMap(\.widgets).map(\.kind)) }

    private func readAttacks(into snapshot: inout Snapshot) async throws {
        let base = "/api/magewatch/v1"
        if !kinds.isDisjoint(with: [.attacks, .unparsed]) {
            snapshot.attacks = try await client.decode(AttackSummary.self, base + "/waf/summary")
        }
        if kinds.contains(.offenders) {
            snapshot.offenders = try await client.decode(
                [OffenderReport].self, base + "/waf/offenders", [("limit", "\(SnapshotReader.offenders)")])
        }
        if !kinds.isDisjoint(with: [.offenders, .bans]) {
            snapshot.bans = try await client.decode([BanReport].self, base + "/bans").sorted { $0.until > $1.until }
        }
        if kinds.contains(.unparsed) {
            snapshot.unparsed = try await client.decode([String].self, base + "/waf/unparsed")
        }
    }

    private func vector(_ query: String) async throws -> [Snapshot.SeriesLine] {
        try JSONDecoder().decode(QueryAnswer.self, from: try await client.get("/api/v1/query", [("query", query)])).series.map {
            Snapshot.SeriesLine(labels: $0.metric ?? [:], values: [$0.value?.value ?? .nan])
        }
    }

    private func series(_ query: String, _ range: String?, _ now: Double) async throws -> [Snapshot.SeriesLine] {
        let seconds = range.flatMap(StackConfiguration.Units.seconds) ?? 1800
        let step = max(1, seconds / Double(SnapshotReader.points))
        // Ends on whole steps, so that a refresh moves the course by whole columns; the last one is under way, so that what is new shows
        // at once.
        let end = (now / step).rounded(.up) * step
        let data = try await client.get(
            "/api/v1/query_range", [("query", query), ("start", "\(end - seconds)"), ("end", "\(end)"), ("step", "\(step)")])
        return try JSONDecoder().decode(QueryAnswer.self, from: data).series.map { series in
            var values = [Double](repeating: .nan, count: SnapshotReader.points + 1)
            for point in series.values ?? [] {
                let index = Int(((point.time - (end - seconds)) / step).rounded())
                if values.indices.contains(index) { values[index] = point.value }
            }
            return Snapshot.SeriesLine(labels: series.metric ?? [:], values: values)
        }
    }

    private func logs(_ query: String, _ now: Double) async throws -> [Snapshot.LogLine] {
        let data = try await client.get(
            "/loki/api/v1/query_range",
            [("query", query), ("start", "\(Int64((now - 3600) * 1e9))"), ("end", "\(Int64((now + 60) * 1e9))"), ("limit", "50")])
        return try JSONDecoder().decode(QueryAnswer.self, from: data).series
            .flatMap { series in
                (series.values ?? []).map {
                    Snapshot.LogLine(time: $0.nanoseconds / 1_000_000, labels: series.stream ?? [:], text: $0.text)
                }
            }
            .sorted { $0.time < $1.time }
    }

    private func alerts() async throws -> [Snapshot.AlertLine] {
        struct Answer: Decodable {
            struct Body: Decodable { var alerts: [Entry] }
            struct Entry: Decodable {
                var labels: [String: String]
                var annotations: [String: String]?
                var state: String
                var activeAt: String
            }
            var data: Body
        }
        return try await client.decode(Answer.self, "/api/v1/alerts").data.alerts.map { alert in
            let time =
                (try? Date(alert.activeAt, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true)))
                ?? .now
            return Snapshot.AlertLine(
                name: alert.labels["alertname"] ?? "", state: alert.state, summary: alert.annotations?["summary"] ?? "",
                since: Milliseconds(time.timeIntervalSince1970 * 1000))
        }
    }
}
