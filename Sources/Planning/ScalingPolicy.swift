/// A way to size a fleet, as the simulation plays it: told what a tick's demand was, asked what to do at the next.
package protocol ScalingPolicy {
    /// Shown in tables.
    var name: String { get }
    /// Acts on the fleet at a tick; `fleet` is what it has, `nil` while it only learns.
    mutating func act(at tick: Int, on fleet: inout VirtualFleet)
    /// Told the demand of the tick just gone, in servers' worth, and what served it (nil while learning).
    mutating func observe(demand: Double, readyServers: Int?)
    /// Called instead of ``act(at:on:)`` while nothing is billed.
    mutating func learn(at tick: Int)
}

extension ScalingPolicy {
    package mutating func learn(at tick: Int) {}
}

/// ``ShadowScaler``'s sizing, on a virtual fleet.
package struct MagewatchPolicy: ScalingPolicy {
    package let name = "magewatch"
    private var scaler: ShadowScaler

    package init(rules: FleetRules, options: ShadowScaler.Options = .init()) {
        scaler = ShadowScaler(rules: rules, options: options)
    }

    package mutating func learn(at tick: Int) { _ = scaler.decide() }

    package mutating func act(at tick: Int, on fleet: inout VirtualFleet) {
        let decision = scaler.decide()
        if decision.launchBound > fleet.total { fleet.launch(decision.launchBound - fleet.total, at: tick) }
        if fleet.total > decision.keepBound {
            fleet.release(fleet.total - decision.keepBound, at: tick, withinTicks: ShadowFleets.releaseTicks)
        }
    }

    package mutating func observe(demand: Double, readyServers: Int?) {
        scaler.observe(demand: demand, readyServers: readyServers)
    }
}
