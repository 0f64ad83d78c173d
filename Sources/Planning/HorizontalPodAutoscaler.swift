/// Kubernetes' HPA v2 with its defaults, to compare with: target utilisation with 10 % tolerance, mean of the last two ticks, at most
/// the double or four more a tick, and a stabilisation window of five minutes on the way down.
///
/// Its metric clips, as processor time does: it never sees more than what is there can serve.
package struct HorizontalPodAutoscaler: ScalingPolicy {
    package let name: String
    private let rules: FleetRules
    private let target: Double
    /// Whether a server is kept until its paid period ends.
    private let keepsPaidPeriods: Bool
    private var demands: (older: Double, newer: Double) = (0, 0)
    private var recommendations: [(tick: Int, servers: Int)] = []

    private static let tolerance = 0.1
    private static let stabilisationSeconds = 300.0
    private static let releaseWindowSeconds = 75.0

    package init(rules: FleetRules, targetPercent: Int, keepsPaidPeriods: Bool) {
        self.rules = rules
        target = Double(targetPercent) / 100
        self.keepsPaidPeriods = keepsPaidPeriods
        name = "hpa-\(targetPercent)" + (keepsPaidPeriods ? "-paid-hour" : "")
    }

    package mutating func observe(demand: Double, readyServers: Int?) {
        demands = (demands.newer, demand)
    }

    package mutating func act(at tick: Int, on fleet: inout VirtualFleet) {
        let ready = fleet.ready(at: tick)
        let seen = min((demands.older + demands.newer) / 2, Double(ready))
        let current = fleet.total
        var wanted = current
        if abs(seen / (Double(ready) * target) - 1) > HorizontalPodAutoscaler.tolerance || current != ready {
            wanted = Int((seen / target - 1e-9).rounded(.up))
        }
        if wanted > current { wanted = min(wanted, max(2 * current, current + 4)) }
        wanted = max(wanted, rules.ownedServers)
        let highest = stabilise(wanted, at: tick)
        if wanted > current {
            fleet.launch(wanted - current, at: tick)
        } else if highest < current {
            let window =
                keepsPaidPeriods ? Int(HorizontalPodAutoscaler.releaseWindowSeconds / rules.tickSeconds) : rules.periodTicks
            fleet.release(current - highest, at: tick, withinTicks: window)
        }
    }

    /// The highest recommendation of the window, this one included.
    private mutating func stabilise(_ servers: Int, at tick: Int) -> Int {
        while let last = recommendations.last, last.servers <= servers { recommendations.removeLast() }
        recommendations.append((tick, servers))
        let oldest = tick - Int(HorizontalPodAutoscaler.stabilisationSeconds / rules.tickSeconds)
        while recommendations[0].tick <= oldest { recommendations.removeFirst() }
        return recommendations[0].servers
    }
}
