import AgentContract
import LogQL
import PromQL
import Synchronization
import Telemetry
import Topology

@testable import MonitorAPI

extension Scene {
    static let stack = Stack(
        name: "shop",
        servers: [
            Server(
                name: "s1", kind: .member, address: "10.0.0.1", agentURL: "http://10.0.0.1:7102",
                capacity: Resources(cores: 4, memoryBytes: 8 << 30))
        ])

    static func plan(_ id: String) -> PlanReport {
        PlanReport(
            plan: Plan(
                id: id, purpose: .scaleOut, role: .web, createdAt: now,
                steps: [PlannedStep(.attach(server: "o1"), timeoutSeconds: 10)], decision: Decision(summary: "More \"web\".")),
            state: "proposed", startedAt: nil, finishedAt: nil,
            steps: [
                PlanReport.StepReport(
                    index: 0, summary: "pool: attach o1", outcome: "waiting", message: "", startedAt: nil, finishedAt: nil)
            ])
    }

    static let bans = [BanReport(address: "203.0.113.9", reason: "login flood", from: now, until: now + 600_000)]
    static let forecasts = ["web", "db"].map { role in
        Forecast(
            signal: "utilisation", role: role, madeAt: now, leadsSeconds: [60, 120],
            paths: [Forecast.Path(quantile: 0.5, values: [0.25, 0.5])], model: "trend", recentError: 0.0625,
            secondsToSaturation: 300)
    }

    static let rules = [
        RuleGroupReport(
            name: "sites", file: "sites.yaml", intervalSeconds: 15,
            rules: [
                RuleGroupReport.Rule(
                    name: "SiteDown", isAlert: true, expression: "up == 0", holdSeconds: 30, labels: ["severity": "page"],
                    annotations: ["summary": "down"]),
                RuleGroupReport.Rule(
                    name: "job:up:sum", isAlert: false, expression: "sum by (job) (up)", holdSeconds: 0, labels: [:],
                    annotations: [:]),
            ])
    ]

    static let targets = [
        TargetReport(
            job: "node", url: "http://10.0.0.1:9100/metrics", labels: ["job": "node"], isUp: false, lastScrape: now,
            lastError: "refused", lastSeconds: 0.25, intervalSeconds: 15, timeoutSeconds: 5),
        TargetReport(
            job: "agent", url: "http://10.0.0.2:7102", labels: ["job": "agent"], isUp: false, lastScrape: 0, lastError: ""),
    ]

    static let capacities = ["db", "web"].map { role in
        LearnedCapacity(
            role: role, madeAt: now,
            bounds: [
                .init(
                    resource: "cpu", requestsPerSecond: .init(median: 85, low: 80, high: 90), limit: 0.85, isExtrapolated: true)
            ], load: 20, highestLoad: 60, containers: 2, steps: 1440)
    }

    static let status = ServerStatus(
        version: "0.9.9", startedAt: now - 60_000, workingDirectory: "/srv", hostName: "mon", configurationYAML: "stack: shop\n",
        flags: ["storage.tsdb.path": "data"], configuredAt: now - 60_000, retentionSeconds: 86_400, series: 3, chunks: 3,
        logSegments: 2)

    func services() -> APIServices {
        APIServices(
            series: sources.series, logs: sources.logs,
            promQL: PromQLEngine(source: sources.series, options: sources.options), logQL: LogQLEngine(source: sources.logs),
            metrics: SelfMetrics(), stack: { Scene.stack }, plans: { ["p2", "p1"].map(Scene.plan) },
            approvePlan: { id, _ in
                guard id == "p1" else { throw APIError(.badData, "plan \"\(id)\" can't be approved") }
                self.approved.withLock { $0.append(id) }
            },
            bans: { Scene.bans }, forecasts: { Scene.forecasts },
            capacities: { role in Scene.capacities.filter { role == nil || $0.role == role } },
            forecastPaths: { role, seconds in
                Scene.forecasts.filter { $0.role == role }.map { forecast in
                    var path = forecast
                    path.leadsSeconds = [seconds]
                    return path
                }
            },
            alerts: { self.alerts.withLock { $0 } },
            receiveAlerts: { new in self.alerts.withLock { $0 += new } }, rules: { Scene.rules },
            silences: { self.silences.withLock { $0 } },
            createSilence: { silence in
                self.silences.withLock { $0.append(silence) }
                return silence.id
            },
            expireSilence: { id in
                try self.silences.withLock { silences in
                    guard let index = silences.firstIndex(where: { $0.id == id }) else {
                        throw APIError(.notFound, "there is no silence \"\(id)\"")
                    }
                    silences[index].endsAt = self.clock()
                }
            },
            targets: { Scene.targets }, status: { Scene.status }, exemplars: ExemplarsInMemory(),
            metadata: MetadataInMemory(), cardinality: CardinalityInMemory(), attacks: AttacksInMemory(), administration: store,
            logDeletions: store == nil ? nil : deletions, tail: live.subscribe, alertReceivers: ["http://hooks.example"])
    }
}
