import Forecasting
import Logging
import Synchronization
package import Telemetry

/// Forecasts every role's utilisation at an interval and writes the forecasts back as series.
///
/// It reads what the recording rule ``signalMetric`` has written, so operators can see, and change, what is forecast.
package final class ForecastService: Sendable {
    /// The recorded series that are forecast, one a role.
    package static let signalMetric = "magewatch:role_utilisation:ratio"

    private let source: any SeriesSource
    private let sink: any SampleSink
    private let forecaster: RoleForecaster
    private let stepSeconds: Double
    private let historySeconds: Double
    private let metrics: SelfMetrics
    private let latest = Mutex<[String: Forecast]>([:])

    package init(
        source: any SeriesSource, sink: any SampleSink, leadsSeconds: [Double], limit: Double, stepSeconds: Double,
        historySeconds: Double, metrics: SelfMetrics
    ) {
        self.source = source
        self.sink = sink
        self.stepSeconds = stepSeconds
        self.historySeconds = historySeconds
        self.metrics = metrics
        forecaster = RoleForecaster(leadsSeconds: leadsSeconds, limit: limit, stepSeconds: stepSeconds)
    }

    /// The newest forecast of each role, by role.
    package func forecasts() -> [Forecast] {
        latest.withLock { Array($0.values) }.sorted { $0.role < $1.role }
    }

    /// Makes and writes the forecasts of one moment.
    package func forecast(at now: Milliseconds) async throws {
        var batch = SampleBatch()
        let from = now - Milliseconds(historySeconds * 1000)
        for reader in try source.select([.equal(Labels.metricNameLabel, ForecastService.signalMetric)], in: from...now) {
            guard let role = reader.labels["role"] else { continue }
            var columns = SampleColumns()
            try reader.read(from...now, into: &columns)
            // A role whose signal ended is no longer forecast.
            guard let last = columns.timestamps.last, Double(now - last) < 5000 * max(1, stepSeconds) else { continue }
            let history = SignalHistory(columns, now: now, stepSeconds: stepSeconds)
            guard let forecast = forecaster.forecast(signal: "utilisation", role: role, history) else { continue }
            forecast.append(to: &batch)
            latest.withLock { $0[role] = forecast }
        }
        metrics.add("magewatch_forecast_runs_total")
        if !batch.isEmpty { _ = try await sink.append(batch) }
    }
}
