import Hummingbird
import PromQL
import Telemetry

/// Targets, metadata, alerts and where they go.
extension PrometheusRoutes {
    func registerState(_ router: Router<BasicRequestContext>) {
        router.get("/api/v1/targets") { request, _ in await answer(request, targets) }
        router.get("/api/v1/targets/metadata") { request, _ in await answer(request, targetMetadata) }
        router.get("/api/v1/scrape_pools") { request, _ in await answer(request, scrapePools) }
        router.get("/api/v1/metadata") { request, _ in await answer(request, metadata) }
        router.get("/api/v1/alerts") { request, _ in await answer(request, alerts) }
        router.get("/api/v1/rules") { request, _ in await answer(request, rules) }
        router.get("/api/v1/alertmanagers") { request, _ in await answer(request, alertmanagers) }
        router.get("/api/v1/notifications") { _, _ in APIResponse.success { $0.array { _ in } } }
        // Prometheus says so where there are more listeners than it serves: clients then ask for the list instead.
        router.get("/api/v1/notifications/live") { _, _ in Response(status: .noContent) }
    }

    private func targets(_ parameters: RequestParameters) async throws -> Response {
        let pool = parameters["scrapePool"].flatMap { $0.isEmpty ? nil : $0 }
        let all = await services.targets().filter { pool == nil || $0.job == pool }
        // Nothing is relabelled here, so no target is ever dropped.
        let targets = parameters["state"] == "dropped" ? [] : all
        return APIResponse.success { writer in
            writer.object { writer in
                writer.key("activeTargets")
                writer.array { writer in for target in targets { writer.target(target) } }
                writer.key("droppedTargets")
                writer.array { _ in }
                writer.key("droppedTargetCounts")
                writer.object { _ in }
            }
        }
    }

    private func scrapePools(_ parameters: RequestParameters) async throws -> Response {
        let pools = Set(await services.targets().map(\.job)).sorted()
        return APIResponse.success { writer in
            writer.object { writer in
                writer.key("scrapePools")
                writer.strings(pools)
            }
        }
    }

    private func metadata(_ parameters: RequestParameters) async throws -> Response {
        let (limit, perMetric) = (try parameters.limit(), try parameters.limit("limit_per_metric"))
        var found: [(metric: String, entries: [MetadataReport])] = []
        for var report in try await read(parameters["metric"]) {
            report.target = .empty
            if found.last?.metric != report.metric { found.append((report.metric, [])) }
            if !found[found.count - 1].entries.contains(report) { found[found.count - 1].entries.append(report) }
        }
        return APIResponse.success { writer in
            writer.object { writer in
                for (metric, entries) in found.prefix(limit.flatMap { $0 == 0 ? nil : $0 } ?? found.count) {
                    writer.key(metric)
                    writer.array { writer in
                        for entry in entries.prefix(perMetric.flatMap { $0 == 0 ? nil : $0 } ?? entries.count) {
                            writer.map([("type", entry.type), ("help", entry.help), ("unit", entry.unit)])
                        }
                    }
                }
            }
        }
    }

    private func targetMetadata(_ parameters: RequestParameters) async throws -> Response {
        let limit = try parameters.limit()
        let text = parameters["match_target"] ?? ""
        let matchers = text.isEmpty || text == "{}" ? [] : try PromQLParser.parseSelector(text)
        let metric = parameters["metric"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await read(metric).filter { matchers.allMatch($0.target) }
        var targets: Set<Labels> = []
        let kept = found.filter { report in
            guard let limit, limit > 0, !targets.contains(report.target) else { return true }
            guard targets.count < limit else { return false }
            targets.insert(report.target)
            return true
        }
        return APIResponse.success { writer in
            writer.array { writer in for report in kept { writer.metadata(report, named: metric == nil) } }
        }
    }

    private func read(_ metric: String?) async throws -> [MetadataReport] {
        let source = services.metadata
        return try await pool.run { try source.metadata(of: metric.flatMap { $0.isEmpty ? nil : $0 }) }
    }

    private func alertmanagers(_ parameters: RequestParameters) async throws -> Response {
        APIResponse.success { writer in
            writer.object { writer in
                writer.key("activeAlertmanagers")
                writer.array { writer in for url in services.alertReceivers { writer.map([("url", url)]) } }
                writer.key("droppedAlertmanagers")
                writer.array { _ in }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func target(_ target: TargetReport) {
        let texts = [
            ("scrapePool", target.job), ("scrapeUrl", target.url), ("globalUrl", target.url), ("lastError", target.lastError),
            ("lastScrape", Timestamps.rfc3339(target.lastScrape)), ("health", target.health),
            ("scrapeInterval", TargetReport.duration(target.intervalSeconds)),
            ("scrapeTimeout", TargetReport.duration(target.timeoutSeconds)),
        ]
        object { writer in
            writer.key("discoveredLabels")
            writer.labels(target.discovered)
            writer.key("labels")
            writer.labels(target.labels)
            for (name, text) in texts {
                writer.key(name)
                writer.string(text)
            }
            writer.key("lastScrapeDuration")
            writer.number(target.lastSeconds)
        }
    }

    fileprivate mutating func metadata(_ report: MetadataReport, named: Bool) {
        object { writer in
            writer.key("target")
            writer.labels(report.target)
            let name = named ? [("metric", report.metric)] : []
            for (key, text) in name + [("type", report.type), ("help", report.help), ("unit", report.unit)] {
                writer.key(key)
                writer.string(text)
            }
        }
    }
}
