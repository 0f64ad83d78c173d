import Foundation
package import LogStore
package import MetricStore
package import StackConfiguration
package import StateStore
package import Telemetry

/// The three stores of a stack, in its data directory.
package struct MonitorStores: Sendable {
    package let metrics: MetricStore
    package let logs: LogStore
    package let state: StateStore
    /// Where copies of the metric store go, one directory each.
    package let snapshotDirectory: String

    /// Opens them; start-up after a kill replays the write-ahead logs here.
    package init(
        _ configuration: MagewatchConfiguration, metrics: SelfMetrics, report: @escaping @Sendable (String) -> Void
    ) throws {
        let directory = configuration.dataDirectory
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw MonitorError(
                "data directory \(directory) can't be made: \(error.localizedDescription). Name another with data: in the configuration, or --data."
            )
        }
        snapshotDirectory = directory + "/snapshots"
        var metricOptions = MetricStore.Options()
        metricOptions.retention = Milliseconds(configuration.retention.metricsSeconds * 1000)
        metricOptions.maximumDiskBytes = configuration.retention.metricsDiskBytes
        metricOptions.maximumSeries = configuration.metrics.maximumSeries
        metricOptions.maximumSeriesPerMetric = configuration.metrics.maximumSeriesPerMetric
        metricOptions.maximumSeriesPerSource = configuration.metrics.maximumSeriesPerSource
        metricOptions.minimumFlushInterval = 300_000
        metricOptions.downsampling = MonitorStores.downsampling(configuration.retention)
        self.metrics = try MetricStore(
            directory: directory + "/metrics", options: metricOptions, metrics: metrics, report: report)
        logs = try LogStore(
            directory: directory + "/logs", options: MonitorStores.logOptions(configuration), metrics: metrics, report: report)
        state = try StateStore(path: directory + "/state.sqlite")
    }

    static func logOptions(_ configuration: MagewatchConfiguration) -> LogStore.Options {
        let (retention, logs) = (configuration.retention, configuration.logs)
        var options = LogStore.Options()
        options.retention = Nanoseconds(retention.logsSeconds * 1e9)
        options.maximumBytes = retention.logsDiskBytes
        options.retentionRules = retention.logRules.map {
            LogStore.RetentionRule(
                matchers: $0.matchers, age: Nanoseconds($0.keepSeconds * 1e9), maximumBytes: $0.diskBytes)
        }
        options.maximumStreams = logs.maximumStreams
        options.maximumFields = logs.maximumFields
        options.maximumLineBytes = logs.maximumLineBytes
        switch logs.longLines {
        case .cut: options.longLines = .cut
        case .refuse:
            options.longLines = .refuse
            // What the ingest port cut has the greatest length there is, and is refused as well.
            options.maximumLineBytes = min(logs.maximumLineBytes, LogBatch.maximumLineBytes - 1)
        }
        options.rateLimits = logs.rateLimits.map {
            LogStore.RateLimit(matchers: $0.matchers, bytesPerSecond: $0.bytesPerSecond, burstBytes: $0.burstBytes)
        }
        return options
    }

    private static func downsampling(_ retention: MagewatchConfiguration.Retention) -> [MetricStore.Downsampling] {
        zip(SampleReading.resolutions, [retention.fiveMinutes, retention.hours]).compactMap { resolution, condensed in
            condensed.map {
                MetricStore.Downsampling(
                    resolution: resolution, after: Milliseconds($0.afterSeconds * 1000),
                    retention: Milliseconds($0.keepSeconds * 1000))
            }
        }
    }

    /// Flushes and closes all three; the first failure is thrown when all have been tried.
    package func close() throws {
        var failure: (any Error)?
        for close in [metrics.close, logs.close, state.close] as [() throws -> Void] {
            do {
                try close()
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}

/// What keeps the monitor from starting or going on, with what to do about it.
package struct MonitorError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
