import Forecasting
import NIOPosix
import Synchronization
package import Telemetry

/// Learns at an interval what one container of each role can serve, and writes it back as series.
///
/// It reads what recording rules have written: ``requestMetric``, ``latencyMetric`` and ``servingMetric`` by role, the processor's use and the
/// other resources that are forecast. What it finds stands as `magewatch_capacity_requests_per_second{role, resource, quantile}`, a
/// container's, and `magewatch_capacity_binding{role, resource}` is 1 for the resource that binds.
package final class CapacityService: Sendable {
    /// Requests a second that a role was asked for.
    package static let requestMetric = "magewatch:role_requests:rate"
    /// Seconds that nineteen of twenty requests took at most.
    package static let latencyMetric = "magewatch:role_latency_seconds:p95"
    /// Containers that served.
    package static let servingMetric = "magewatch:role_serving:count"
    /// Use of the processor, whatever for: attacks use it up as well.
    package static let processorMetric = "magewatch:role_cpu:ratio"
    /// How often it learns: a capacity does not change by the minute.
    package static let intervalSeconds = 600.0
    /// Roles and resources of a role that are looked at, at most.
    package static let maximumRoles = 32
    package static let maximumResources = 16
    /// A load older than this is not the present one.
    private static let maximumAgeSteps = 5

    private let source: any SeriesSource
    private let sink: any SampleSink
    private let limit: Double
    private let acceptableSeconds: [String: Double]
    private let stepSeconds: Double
    private let historySeconds: Double
    private let metrics: SelfMetrics
    private let latest = Mutex<[String: LearnedCapacity]>([:])

    /// - Parameter acceptableSeconds: latency that is acceptable, by role; a role that is missing goes by its own quiet hours.
    package init(
        source: any SeriesSource, sink: any SampleSink, limit: Double, acceptableSeconds: [String: Double], stepSeconds: Double,
        historySeconds: Double, metrics: SelfMetrics
    ) {
        self.source = source
        self.sink = sink
        self.limit = limit
        self.acceptableSeconds = acceptableSeconds
        self.stepSeconds = stepSeconds
        self.historySeconds = historySeconds
        self.metrics = metrics
    }

    /// What is known now, by role.
    package func capacities(role: String? = nil) -> [LearnedCapacity] {
        latest.withLock { Array($0.values) }.filter { role == nil || $0.role == role }.sorted { $0.role < $1.role }
    }

    /// Learns anew from the history of every role.
    package func learn(at now: Milliseconds) async throws {
        let range = now - Milliseconds(historySeconds * 1000)...now
        let requests = try source.select([.equal(Labels.metricNameLabel, CapacityService.requestMetric)], in: range)
        let roles = Set(requests.compactMap { $0.labels["role"] }).sorted()
        if roles.count > CapacityService.maximumRoles {
            metrics.add("magewatch_capacity_roles_refused_total", by: Double(roles.count - CapacityService.maximumRoles))
        }
        var found: [String: LearnedCapacity] = [:]
        for role in roles.prefix(CapacityService.maximumRoles) {
            // Weeks of minutes drawn two hundred times over: not on the threads that all tasks share.
            found[role] = try await NIOThreadPool.singleton.runIfActive { try self.learned(role, at: now) }
        }
        let before = latest.withLock { latest in
            defer { latest = found }
            return latest
        }
        metrics.add("magewatch_capacity_runs_total")
        let batch = CapacityService.series(found, before: before, at: now)
        if !batch.isEmpty { _ = try await sink.append(batch) }
    }

    private func learned(_ role: String, at now: Milliseconds) throws -> LearnedCapacity? {
        guard let requests = try steps(CapacityService.requestMetric, role, at: now),
            let serving = try steps(CapacityService.servingMetric, role, at: now)
        else { return nil }
        var resources: [(name: String, uses: [Double])] = []
        if let uses = try steps(CapacityService.processorMetric, role, at: now) {
            resources.append((CapacityModel.processor, uses))
        }
        for name in try otherResources(of: role, at: now).prefix(CapacityService.maximumResources) {
            if let uses = try steps(ForecastService.resourceMetric, role, .equal("resource", name), at: now) {
                resources.append((name, uses))
            }
        }
        let latency = try steps(CapacityService.latencyMetric, role, at: now)
        let samples = requests.indices.map { step in
            CapacitySample(
                load: serving[step] >= 1 ? requests[step] / serving[step] : .nan, latencySeconds: latency?[step] ?? .nan,
                utilisation: resources.map { $0.uses[step] })
        }
        let loads = samples.map(\.load)
        guard let present = loads.suffix(CapacityService.maximumAgeSteps).last(where: \.isFinite) else { return nil }
        let model = CapacityModel(
            resources: resources.map(\.name), limit: limit, acceptableSeconds: acceptableSeconds[role])
        return LearnedCapacity(
            role: role, madeAt: now, bounds: model.bounds(samples), load: present,
            highestLoad: loads.filter(\.isFinite).max() ?? present, containers: serving.last(where: \.isFinite) ?? 0,
            steps: loads.count(where: \.isFinite))
    }

    private func otherResources(of role: String, at now: Milliseconds) throws -> [String] {
        let range = now - Milliseconds(historySeconds * 1000)...now
        let matchers: [LabelMatcher] = [
            .equal(Labels.metricNameLabel, ForecastService.resourceMetric), .equal("role", role),
        ]
        return Set(try source.select(matchers, in: range).compactMap { $0.labels["resource"] }).sorted()
    }

    /// The history of a series on even steps, the same for all of them; nil where there is none.
    private func steps(_ metric: String, _ role: String, _ extra: LabelMatcher? = nil, at now: Milliseconds) throws -> [Double]? {
        let from = now - Milliseconds(historySeconds * 1000)
        let matchers = [.equal(Labels.metricNameLabel, metric), .equal("role", role)] + (extra.map { [$0] } ?? [])
        guard let reader = try source.select(matchers, in: from...now).first else { return nil }
        return try SignalSteps(reader, after: from, now: now, stepSeconds: stepSeconds, isFirst: false).values
    }

    private static func series(
        _ found: [String: LearnedCapacity], before: [String: LearnedCapacity], at now: Milliseconds
    ) -> SampleBatch {
        let current = labels(found)
        var batch = SampleBatch()
        for (labels, value) in current { batch.append(labels, value, at: now) }
        for gone in labels(before).keys where current[gone] == nil { batch.append(gone, SampleBatch.staleMarker, at: now) }
        return batch
    }

    private static func labels(_ found: [String: LearnedCapacity]) -> [Labels: Double] {
        var series: [Labels: Double] = [:]
        for capacity in found.values {
            for bound in capacity.bounds {
                let labels: Labels = [
                    "__name__": "magewatch_capacity_requests_per_second", "role": capacity.role, "resource": bound.resource,
                ]
                let estimate = bound.requestsPerSecond
                for (quantile, value) in [("0.1", estimate.low), ("0.5", estimate.median), ("0.9", estimate.high)] {
                    series[labels.setting("quantile", to: quantile)] = value
                }
            }
            guard let binding = capacity.binding else { continue }
            series[["__name__": "magewatch_capacity_binding", "role": capacity.role, "resource": binding.resource]] = 1
        }
        return series
    }
}
