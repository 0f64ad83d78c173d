import Foundation
import Ingest
import MetricStore
import MonitorAPI
import Parsing
import StackConfiguration
import Telemetry

extension Monitor {
    /// What the API tells of the server itself.
    func status() -> ServerStatus {
        let statistics = stores.metrics.statistics
        return ServerStatus(
            startedAt: startedAt, workingDirectory: FileManager.default.currentDirectoryPath, hostName: hostName,
            configurationYAML: configurationText, flags: flags, configuredAt: startedAt,
            isConfigurationSound: metrics.value("magewatch_reload_failures_total") == 0,
            retentionSeconds: configuration.retention.metricsSeconds, series: statistics.series,
            // Every series in memory has one chunk that is open.
            chunks: statistics.series, logSegments: statistics.walSegments,
            corruptions: Int(metrics.value("magewatch_metric_store_corrupt_total", ["kind": "block"])))
    }

    /// The scrape targets and how they are.
    func targetReports() -> [TargetReport] {
        scrapes.entries.map { entry in
            let target = entry.target
            return TargetReport(
                job: target.job, url: target.url, labels: target.identity, isUp: entry.time != 0 && entry.failure == nil,
                lastScrape: entry.time, lastError: entry.failure ?? "", lastSeconds: entry.seconds,
                intervalSeconds: target.interval / .seconds(1), timeoutSeconds: target.timeout / .seconds(1))
        }
    }

    /// Where alerts go, without the path, which is where webhooks carry their secrets.
    var alertReceivers: [String] {
        configuration.alerts.webhooks.map { url in
            let scheme = url.firstRange(of: "://").map { url[..<$0.upperBound] } ?? ""
            return String(scheme + url[scheme.endIndex...].prefix { $0 != "/" && $0 != "?" })
        }
    }

    /// The settings in force that are no secret, as YAML.
    private var configurationText: String {
        var lines = [
            "stack: \(quoted(configuration.stack))", "data: \(quoted(configuration.dataDirectory))",
            "ingest: { listen: \(quoted(configuration.ingest.description)) }",
            "api: { listen: \(quoted(configuration.api.description)), admin: \(configuration.allowsStoreOrders) }",
            "retention: { metrics: \(configuration.retention.metricsSeconds)s, logs: \(configuration.retention.logsSeconds)s }",
            "evaluation: { interval: \(configuration.evaluationSeconds)s }",
            "scrape:",
            "  interval: \(configuration.scrape.intervalSeconds)s",
            "  timeout: \(configuration.scrape.timeoutSeconds)s",
            "  targets:\(configuration.scrape.targets.isEmpty ? " []" : "")",
        ]
        for target in configuration.scrape.targets {
            lines.append("    - { job: \(quoted(target.job)), url: \(quoted(target.url)) }")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var flags: [String: String] {
        [
            "storage.tsdb.path": configuration.dataDirectory + "/metrics",
            "storage.tsdb.retention.time": "\(Int(configuration.retention.metricsSeconds))s",
            "web.listen-address": configuration.api.description, "ingest.listen-address": configuration.ingest.description,
        ]
    }

    private func quoted(_ text: String) -> String { Labels.quoted(text) }
}

/// What the scraped targets say about their metrics.
struct ScrapedMetadata: TargetMetadataSource {
    let board: ScrapeBoard

    func metadata(of metric: String?) throws -> [MetadataReport] {
        board.entries.flatMap { entry in
            entry.metadata.filter { metric == nil || $0.metric == metric }.map { known in
                MetadataReport(
                    metric: known.metric, type: known.type, help: known.help, unit: known.unit, target: entry.target.identity)
            }
        }
        .sorted { $0.metric < $1.metric }
    }
}
