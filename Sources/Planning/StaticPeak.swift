/// As many servers as the highest demand of all needs, all the time: what a careful owner without a scaler buys.
package struct StaticPeak: ScalingPolicy {
    package let name = "static"
    private let servers: Int
    private var hasLaunched = false

    package init(peakDemand: Double) {
        servers = Int(min(Double(FleetRules.maximumServers), max(0, peakDemand.isFinite ? peakDemand.rounded(.up) : 0)))
    }

    package mutating func observe(demand: Double, readyServers: Int?) {}

    package mutating func act(at tick: Int, on fleet: inout VirtualFleet) {
        guard !hasLaunched else { return }
        hasLaunched = true
        // Bought beforehand, so that they serve from the first tick on.
        fleet.launch(servers - fleet.total, at: tick - fleet.rules.attachTicks)
    }
}
