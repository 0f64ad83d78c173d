package import Telemetry

/// A role's recorded demand and what there was to serve it, tick by tick: what decisions are judged by afterwards.
package struct RoleHistory: Sendable {
    /// Begin of the first tick.
    package let start: Milliseconds
    package let tickSeconds: Double
    /// In containers' worth; NaN where it was not measured.
    package let demand: [Double]
    /// Containers that served; NaN where that is not known.
    package let containers: [Double]

    /// - Parameter containers: as many as `demand`; further ones are left out.
    package init(start: Milliseconds, tickSeconds: Double, demand: [Double], containers: [Double]) {
        let count = min(demand.count, containers.count)
        self.start = start
        self.tickSeconds = max(1, tickSeconds.isFinite ? tickSeconds : 15)
        self.demand = Array(demand.prefix(count))
        self.containers = Array(containers.prefix(count))
    }

    /// A gap up to so many ticks is bridged by its last value before a replay; a longer one is no demand.
    static let bridgedTicks = 20

    /// Demand without gaps, for replays.
    var bridged: [Double] {
        var last = 0.0
        var gap = 0
        return demand.map { value in
            if value.isFinite {
                last = max(0, value)
                gap = 0
            } else {
                gap += 1
            }
            return gap <= RoleHistory.bridgedTicks ? last : 0
        }
    }

    /// Ticks at which both are known.
    var measuredTicks: Int { zip(demand, containers).count { $0.isFinite && $1.isFinite } }

    /// The same without the ticks before the first and after the last that was measured: there is nothing to judge.
    package var trimmed: RoleHistory {
        let known = demand.indices.filter { demand[$0].isFinite && containers[$0].isFinite }
        guard let first = known.first, let last = known.last else {
            return RoleHistory(start: start, tickSeconds: tickSeconds, demand: [], containers: [])
        }
        return RoleHistory(
            start: start + Milliseconds(Double(first) * tickSeconds * 1000), tickSeconds: tickSeconds,
            demand: Array(demand[first...last]), containers: Array(containers[first...last]))
    }

    /// The tick that a moment lies in, held within the history.
    func tick(at time: Milliseconds) -> Int {
        let place = (Double(time - start) / 1000 / tickSeconds).rounded(.down)
        return Int(min(Double(demand.count), max(0, place)))
    }

    /// The highest demand of a stretch; nil where nothing of it was measured.
    func peak(_ ticks: Range<Int>) -> Double? { demand[ticks].filter(\.isFinite).max() }

    /// Minutes of a stretch in which demand was above what served.
    func saturatedMinutes(_ ticks: Range<Int>) -> Int {
        Set(ticks.filter { demand[$0] > containers[$0] + 1e-9 }.map(minute)).count
    }

    private func minute(_ tick: Int) -> Int { Int(Double(tick) * tickSeconds / 60) }

    /// Share of demand that nothing was there to serve.
    var unservedShare: Double {
        var asked = 0.0
        var unserved = 0.0
        for (demand, containers) in zip(demand, containers) where demand.isFinite && containers.isFinite {
            asked += demand
            unserved += max(0, demand - containers)
        }
        return asked > 0 ? unserved / asked : 0
    }
}
