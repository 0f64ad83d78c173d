package import Telemetry

/// Measures what a role is asked for, in cores of its containers.
///
/// Requests a second over what one container is known to serve, where that is learned well enough: a request asks for the same whether there is
/// somebody to serve it or not, while use of the processor ends at its limit and says nothing of connections, workers or latency. Else the
/// utilisation of what serves.
package struct DemandMeter: Sendable, Equatable {
    /// What a demand was measured by.
    package enum Source: Sendable, Equatable {
        case utilisation
        /// Requests a second, over what `perContainer` of them `resource` lets a container serve.
        case requests(resource: String, perContainer: Double)

        /// In words.
        package var summary: String {
            switch self {
            case .utilisation: "by utilisation"
            case .requests(let resource, let perContainer):
                "by requests, \(Planner.decimal(perContainer)) a second and container, as \(resource) binds"
            }
        }
    }

    /// How far a capacity's lower end may lie under its median to be relied on, and to be relied on still.
    package static let trustedSpread = 0.25
    package static let keptSpread = 0.4
    /// Minutes that a capacity rests on at least: a quarter of a day.
    package static let leastSteps = 360
    /// A capacity older than this is not relied on.
    package static let maximumAgeSeconds = 6 * 3600.0

    /// Cores that one container gives until it counts as saturated.
    private let unitCores: Double
    private let saturation: Double
    private var relies = false

    package init(unitCores: Double, saturation: Double) {
        self.unitCores = unitCores
        self.saturation = saturation
    }

    /// The demand of a tick in cores, and what it was measured by; nil where neither is known.
    /// - Parameters:
    ///   - utilisation: of the containers that serve, `cores` together.
    ///   - requests: a second, of the whole role.
    package mutating func demand(
        utilisation: Double?, cores: Double, requests: Double?, capacity: LearnedCapacity?, at now: Milliseconds
    ) -> (cores: Double, source: Source)? {
        let used = RoleSizer.demandCores(utilisation: utilisation, cores: cores)
        let bound = reliedOn(capacity, at: now)
        relies = bound != nil
        guard let bound, let requests, requests.isFinite, requests >= 0 else { return used.map { ($0, .utilisation) } }
        // The lower end of what it is known to serve: not knowing costs headroom, as it should.
        let perContainer = bound.requestsPerSecond.low
        let asked = requests / perContainer * unitCores
        // Saturated although the requests say that it is not: they have become dearer than was learned.
        if let used, let utilisation, utilisation >= saturation, used > asked { return (used, .utilisation) }
        return (asked, .requests(resource: bound.resource, perContainer: perContainer))
    }

    /// The bound that binds, if it is known well enough. What was relied on is dropped less readily, so that the measure does not flap.
    private func reliedOn(_ capacity: LearnedCapacity?, at now: Milliseconds) -> LearnedCapacity.Bound? {
        guard let capacity, let bound = capacity.binding, capacity.steps >= DemandMeter.leastSteps,
            Double(now - capacity.madeAt) <= DemandMeter.maximumAgeSeconds * 1000, !bound.isExtrapolated || relies
        else { return nil }
        let estimate = bound.requestsPerSecond
        guard estimate.low > 0, estimate.median >= estimate.low, estimate.median.isFinite else { return nil }
        let spread = (estimate.median - estimate.low) / estimate.median
        return spread <= (relies ? DemandMeter.keptSpread : DemandMeter.trustedSpread) ? bound : nil
    }
}
