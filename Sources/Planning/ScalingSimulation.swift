/// Replays demand against scaling policies under one set of rules.
///
/// A policy sees demand only up to the previous tick. It learns from the first tick, and is billed and judged from `start` on. A minute is
/// saturated if demand exceeds capacity at some tick of it; nothing is queued.
package struct ScalingSimulation: Sendable {
    /// How a policy did.
    package struct Result: Sendable, Equatable {
        package var name: String
        /// Share of minutes that were saturated, and of demand that was not served.
        package var saturatedShare: Double
        package var unservedShare: Double
        /// Billed periods of overflow servers (hours, where a period is an hour).
        package var overflowPeriods: Int
        /// Overflow periods over those of perfect knowledge; nil where that needs none.
        package var costRatio: Double?
        /// Servers that were there at each judged tick, for a plot.
        package var capacity: [Int]
    }

    package let rules: FleetRules
    /// Demand by tick, in servers' worth.
    package let demand: [Double]
    /// The first tick that is judged.
    package let start: Int
    private let perfectPeriods: Int

    package init(demand: [Double], rules: FleetRules, start: Int) {
        self.rules = rules
        self.demand = demand.map { $0.isFinite ? min(max(0, $0), Double(FleetRules.maximumServers)) : 0 }
        self.start = min(max(0, start), demand.count)
        perfectPeriods = PerfectKnowledge.periods(self.demand, rules: rules, from: self.start)
    }

    package func run(_ policy: some ScalingPolicy) -> Result {
        var policy = policy
        for tick in 0..<start {
            policy.learn(at: tick)
            policy.observe(demand: demand[tick], readyServers: nil)
        }
        var fleet = VirtualFleet(rules: rules)
        var capacity: [Int] = []
        capacity.reserveCapacity(demand.count - start)
        var unserved = 0.0
        var saturatedMinutes = Set<Int>()
        for tick in start..<demand.count {
            let ready = fleet.ready(at: tick)
            policy.act(at: tick, on: &fleet)
            // A static fleet stands from the first tick on.
            let serving = tick == start ? max(ready, fleet.ready(at: tick)) : ready
            if demand[tick] > Double(serving) + 1e-9 {
                unserved += demand[tick] - Double(serving)
                saturatedMinutes.insert(tick / rules.ticksPerMinute)
            }
            capacity.append(serving)
            policy.observe(demand: demand[tick], readyServers: serving)
        }
        let minutes = Double(demand.count - start) / Double(rules.ticksPerMinute)
        let asked = demand[start...].reduce(0, +)
        return result(
            policy.name, periods: fleet.billedPeriods(at: demand.count),
            saturatedShare: minutes > 0 ? Double(saturatedMinutes.count) / minutes : 0,
            unservedShare: asked > 0 ? unserved / asked : 0, capacity: capacity)
    }

    /// The yardstick itself.
    package func oracle() -> Result {
        let capacity = demand[start...].map { max(rules.ownedServers, Int(($0 - 1e-9).rounded(.up))) }
        return result("oracle", periods: perfectPeriods, saturatedShare: 0, unservedShare: 0, capacity: capacity)
    }

    /// Magewatch and what it is compared with, in the order of the table.
    package func comparison(options: ShadowScaler.Options = .init()) -> [Result] {
        [
            run(MagewatchPolicy(rules: rules, options: options)),
            run(HorizontalPodAutoscaler(rules: rules, targetPercent: 70, keepsPaidPeriods: false)),
            run(HorizontalPodAutoscaler(rules: rules, targetPercent: 70, keepsPaidPeriods: true)),
            run(StaticPeak(peakDemand: demand[start...].max() ?? 0)),
            oracle(),
        ]
    }

    private func result(
        _ name: String, periods: Int, saturatedShare: Double, unservedShare: Double, capacity: [Int]
    ) -> Result {
        Result(
            name: name, saturatedShare: saturatedShare, unservedShare: unservedShare, overflowPeriods: periods,
            costRatio: perfectPeriods > 0 ? Double(periods) / Double(perfectPeriods) : nil, capacity: capacity)
    }
}
