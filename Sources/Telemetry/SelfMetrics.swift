private import Synchronization

/// Counters and gauges about Magewatch itself, one registry a process, scraped like any other target.
///
/// Cheap enough for each batch, not for each line: a dictionary under a lock. Series appear with their first value.
package final class SelfMetrics: Sendable {
    /// What a series does.
    package enum Kind: String, Sendable { case counter, gauge }

    /// A series' name, labels and value.
    package struct Reading: Sendable, Equatable {
        package var labels: Labels
        package var kind: Kind
        package var value: Double
    }

    private struct State {
        var values: [Labels: (kind: Kind, value: Double)] = [:]
    }

    /// Most series the registry holds; later ones are dropped and counted in `magewatch_self_metrics_dropped_total`.
    package static let maximumSeries = 20_000

    private let state = Mutex(State())

    package init() {}

    /// Adds to a counter.
    package func add(_ name: String, _ labels: Labels = .empty, by amount: Double = 1) {
        update(name, labels, .counter) { $0 + amount }
    }

    /// Sets a gauge.
    package func set(_ name: String, _ labels: Labels = .empty, to value: Double) {
        update(name, labels, .gauge) { _ in value }
    }

    /// The value of a series, 0 where it has none.
    package func value(_ name: String, _ labels: Labels = .empty) -> Double {
        let key = labels.setting(Labels.metricNameLabel, to: name)
        return state.withLock { $0.values[key]?.value ?? 0 }
    }

    /// Every series, sorted.
    package func readings() -> [Reading] {
        state.withLock { state in
            state.values.map { Reading(labels: $0.key, kind: $0.value.kind, value: $0.value.value) }
        }
        .sorted { $0.labels < $1.labels }
    }

    private func update(_ name: String, _ labels: Labels, _ kind: Kind, _ change: (Double) -> Double) {
        let key = labels.setting(Labels.metricNameLabel, to: name)
        state.withLock { state in
            if let old = state.values[key] {
                state.values[key] = (kind, change(old.value))
            } else if state.values.count < SelfMetrics.maximumSeries {
                state.values[key] = (kind, change(0))
            } else {
                let dropped: Labels = [Labels.metricNameLabel: "magewatch_self_metrics_dropped_total"]
                state.values[dropped] = (.counter, (state.values[dropped]?.value ?? 0) + 1)
            }
        }
    }
}
