import Forecasting
import Logging
import Synchronization
package import Telemetry

/// Forecasts every signal of every role at an interval and writes the forecasts back as series.
///
/// It reads what recording rules have written, so operators can see, and change, what is forecast: ``signalMetric`` (the utilisation that
/// scaling goes by) and ``resourceMetric`` (any other resource, named by the label `resource`). A signal that is new to it, after a
/// restart as on the first day, is learned from all that the store has of it, and value by value from then on.
package final class ForecastService: Sendable {
    /// The recorded utilisation that is forecast, one series a role.
    package static let signalMetric = "magewatch:role_utilisation:ratio"
    /// Other resources of roles, 1 being all of it; the label `resource` becomes the forecast's signal.
    package static let resourceMetric = "magewatch:role_resource_utilisation:ratio"
    /// The signal of ``signalMetric``.
    package static let utilisation = "utilisation"
    /// Most signals that are forecast; further ones are counted in `magewatch_forecast_signals_refused_total`.
    package static let maximumSignals = 128
    /// A signal that was silent for longer is learned anew.
    package static let longestSilenceSeconds = 86_400.0
    private static let eventLearningSeconds = 6 * 3600.0

    private let source: any SeriesSource
    private let sink: any SampleSink
    private let leadsSeconds: [Double]
    private let limit: Double
    private let stepSeconds: Double
    private let historySeconds: Double
    private let metrics: SelfMetrics
    private let events: [KnownEvent]
    private let signals = Mutex<[Signal: Followed]>([:])

    private struct Signal: Hashable {
        var name: String
        var role: String
    }

    private struct Followed {
        var forecaster: SignalForecaster
        /// End of the last step that was observed.
        var until: Milliseconds
        /// Time of the newest sample.
        var newest: Milliseconds = .min / 2
        var latest: Forecast?
        var reported: Set<Labels> = []
        /// Known events with what they do to this signal, and when that was learned.
        var calendar = EventCalendar([])
        var calendarMadeAt: Milliseconds = .min / 2
        /// The newest value.
        var last = 0.0
    }

    package init(
        source: any SeriesSource, sink: any SampleSink, leadsSeconds: [Double], limit: Double, stepSeconds: Double,
        historySeconds: Double, events: [KnownEvent] = [], metrics: SelfMetrics
    ) {
        self.source = source
        self.sink = sink
        self.leadsSeconds = leadsSeconds
        self.limit = limit
        self.stepSeconds = stepSeconds
        self.historySeconds = historySeconds
        self.events = events
        self.metrics = metrics
    }

    /// The newest forecast of each signal, by role.
    package func forecasts() -> [Forecast] {
        signals.withLock { $0.values.compactMap(\.latest) }.sorted { ($0.role, $0.signal) < ($1.role, $1.signal) }
    }

    /// The whole paths of a role's signals up to a horizon, from the newest values.
    package func paths(role: String, horizonSeconds: Double) -> [Forecast] {
        let followed = signals.withLock { signals in signals.filter { $0.key.role == role && $0.value.latest != nil } }
        return followed.compactMap { signal, followed in
            followed.forecaster.path(
                signal: signal.name, role: role, madeAt: followed.latest?.madeAt ?? followed.until,
                horizonSeconds: horizonSeconds
            ).map { followed.calendar.applied(to: $0, last: followed.last, limit: limit) }
        }
        .sorted { $0.signal < $1.signal }
    }

    /// Makes and writes the forecasts of one moment.
    package func forecast(at now: Milliseconds) async throws {
        var batch = SampleBatch()
        for metric in [ForecastService.signalMetric, ForecastService.resourceMetric] {
            let range = now - Milliseconds(historySeconds * 1000)...now
            for reader in try source.select([.equal(Labels.metricNameLabel, metric)], in: range) {
                guard let role = reader.labels["role"] else { continue }
                let isMain = metric == ForecastService.signalMetric
                guard let name = isMain ? ForecastService.utilisation : reader.labels["resource"] else { continue }
                try follow(Signal(name: name, role: role), reader, at: now, into: &batch)
            }
        }
        metrics.add("magewatch_forecast_runs_total")
        if !batch.isEmpty { _ = try await sink.append(batch) }
    }

    private func follow(
        _ signal: Signal, _ reader: any SeriesReader, at now: Milliseconds, into batch: inout SampleBatch
    ) throws {
        try signals.withLock { signals in
            guard signals[signal] != nil || signals.count < ForecastService.maximumSignals else {
                return metrics.add("magewatch_forecast_signals_refused_total")
            }
            var followed = signals.removeValue(forKey: signal) ?? newcomer(at: now)
            if Double(now - followed.until) > 1000 * (historySeconds + ForecastService.longestSilenceSeconds) {
                followed = newcomer(at: now)
            }
            // Put back whatever happens: what was learned must not be lost to one failed read.
            defer { signals[signal] = followed }
            let steps = try SignalSteps(
                reader, after: followed.until, now: now, stepSeconds: stepSeconds, isFirst: followed.forecaster.count == 0)
            for value in steps.values { followed.forecaster.observe(value) }
            followed.until = steps.end
            followed.newest = steps.newest ?? followed.newest
            // A role whose signal ended is no longer forecast.
            guard Double(now - followed.newest) < 5000 * max(1, stepSeconds) else { return followed.latest = nil }
            guard !steps.values.isEmpty else { return }
            followed.last = steps.values.last(where: \.isFinite) ?? followed.last
            try learnEvents(signal, reader, at: now, &followed)
            followed.latest = followed.forecaster.forecast(signal: signal.name, role: signal.role, madeAt: now)
                .map { followed.calendar.applied(to: $0, last: followed.last, limit: limit) }
            followed.latest?.append(to: &batch)
            let current = followed.latest?.weightSeries ?? []
            for gone in followed.reported.subtracting(current) { batch.append(gone, SampleBatch.staleMarker, at: now) }
            followed.reported = current
        }
    }

    /// What known events do is learned anew a few times a day.
    private func learnEvents(
        _ signal: Signal, _ reader: any SeriesReader, at now: Milliseconds, _ followed: inout Followed
    ) throws {
        let own = events.filter { $0.role == nil || $0.role == signal.role }
        guard !own.isEmpty, Double(now - followed.calendarMadeAt) >= ForecastService.eventLearningSeconds * 1000 else { return }
        followed.calendarMadeAt = now
        let from = now - Milliseconds(historySeconds * 1000)
        let steps = try SignalSteps(reader, after: from, now: now, stepSeconds: stepSeconds, isFirst: false)
        followed.calendar = EventCalendar(
            own.compactMap { event in
                EventEffect(of: event, values: steps.values, end: steps.end, stepSeconds: stepSeconds, others: own)
                    .map { .init(event: event, effect: $0) }
            })
    }

    private func newcomer(at now: Milliseconds) -> Followed {
        Followed(
            forecaster: SignalForecaster(leadsSeconds: leadsSeconds, limit: limit, stepSeconds: stepSeconds),
            until: now - Milliseconds(historySeconds * 1000))
    }
}
