package import Telemetry

/// Learns what one container can serve from the joint history of load, utilisation and latency.
///
/// Every resource gives a bound of its own (``UtilisationLaw``), and so does latency (``LatencyLaw``); the tightest binds. Each comes with how
/// sure it is, from drawing whole hours of the history anew.
package struct CapacityModel: Sendable {
    /// What latency is acceptable where nobody says: so many times that of quiet hours, and not less than the other.
    package static let acceptableFactor = 3.0
    package static let leastAcceptableSeconds = 0.05
    /// The resource that is idle without load.
    package static let processor = "cpu"
    /// A bound beyond so many times what has been seen is not told: there is no knowing.
    package static let furthestFactor = 20.0

    package let resources: [String]
    /// Use of a resource that counts as its end.
    package let limit: Double
    /// Latency that is acceptable; nil to go by that of quiet hours.
    package let acceptableSeconds: Double?

    package init(resources: [String], limit: Double, acceptableSeconds: Double?) {
        self.resources = resources
        self.limit = limit.isFinite && limit > 0 ? limit : 0.85
        self.acceptableSeconds = acceptableSeconds
    }

    /// The bounds of a role's container, the tightest first; none where the history says nothing.
    package func bounds(_ samples: [CapacitySample]) -> [LearnedCapacity.Bound] {
        let loads = samples.map(\.load)
        let highest = loads.filter(\.isFinite).max() ?? 0
        guard highest > 0 else { return [] }
        var bounds: [LearnedCapacity.Bound] = []
        for (index, resource) in resources.enumerated() {
            let uses = samples.map { index < $0.utilisation.count ? $0.utilisation[index] : .nan }
            let law = UtilisationLaw(loads: loads, uses: uses, limit: limit, expectsNoBase: resource == CapacityModel.processor)
            if let found = law.capacity() { bounds.append(bound(resource, found, limit: limit, highest)) }
        }
        let law = LatencyLaw(loads: loads, latencies: samples.map(\.latencySeconds))
        if let least = law.range?.least {
            let acceptable =
                acceptableSeconds ?? max(CapacityModel.leastAcceptableSeconds, CapacityModel.acceptableFactor * least)
            if let found = law.capacity(limit: acceptable) { bounds.append(bound("latency", found, limit: acceptable, highest)) }
        }
        return bounds.filter { $0.requestsPerSecond.median <= CapacityModel.furthestFactor * highest }
            .sorted { $0.requestsPerSecond.median < $1.requestsPerSecond.median }
    }

    private func bound(
        _ resource: String, _ found: (low: Double, median: Double, high: Double), limit: Double, _ highest: Double
    ) -> LearnedCapacity.Bound {
        LearnedCapacity.Bound(
            resource: resource, requestsPerSecond: .init(median: found.median, low: found.low, high: found.high), limit: limit,
            isExtrapolated: found.median > highest)
    }
}
