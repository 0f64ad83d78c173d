/// The fewest billed periods that could have served all demand: it knows the future and keeps no headroom.
///
/// A greedy cover of the exact need with whole periods, not proven least. Every policy's cost is given as a multiple of it.
package enum PerfectKnowledge {
    package static func periods(_ demand: [Double], rules: FleetRules, from start: Int) -> Int {
        var ends: [Int] = []
        var periods = 0
        for tick in start..<max(start, demand.count) {
            let need =
                Int(min(Double(FleetRules.maximumServers), max(0, (demand[tick] - 1e-9).rounded(.up)))) - rules.ownedServers
            var live = ends.filter { $0 > tick }
            // One that ended less than an attach time ago would have been kept for another period instead.
            var ended = ends.filter { $0 <= tick && $0 > tick - rules.attachTicks }.sorted()
            while live.count < need {
                periods += 1
                live.append(ended.popLast().map { $0 + rules.periodTicks } ?? tick + rules.periodTicks - rules.attachTicks)
            }
            ends = live + ended
        }
        return periods
    }
}
