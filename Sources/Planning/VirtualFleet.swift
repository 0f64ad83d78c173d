/// Owned servers and leased ones, with what they are billed: one fleet, in ticks.
///
/// A server serves from its attach time after the request and is billed from the request, in started periods. A release acts at once; what
/// was started stays billed.
package struct VirtualFleet: Sendable {
    package let rules: FleetRules
    /// Ticks at which the leased servers were requested, ascending.
    package private(set) var requests: [Int] = []
    /// Periods billed for servers that have been given back.
    private var closedPeriods = 0

    package init(rules: FleetRules) {
        self.rules = rules
    }

    /// Owned and leased servers, those under way included.
    package var total: Int { rules.ownedServers + requests.count }

    /// Servers that serve at a tick.
    package func ready(at tick: Int) -> Int {
        rules.ownedServers + requests.count { tick - $0 >= rules.attachTicks }
    }

    /// Periods billed when everything is given back at a tick.
    package func billedPeriods(at tick: Int) -> Int {
        closedPeriods + requests.reduce(0) { $0 + periods(from: $1, to: tick) }
    }

    package mutating func launch(_ count: Int, at tick: Int) {
        let count = min(count, FleetRules.maximumServers - total)
        guard count > 0 else { return }
        requests.append(contentsOf: repeatElement(tick, count: count))
    }

    /// Gives back up to `count` servers whose paid period ends within `window` ticks, the nearest to its end first.
    @discardableResult
    package mutating func release(_ count: Int, at tick: Int, withinTicks window: Int) -> Int {
        var released = 0
        while released < count {
            let ending = requests.indices.filter { ticksLeft(requests[$0], tick) <= window }
            guard let index = ending.min(by: { ticksLeft(requests[$0], tick) < ticksLeft(requests[$1], tick) }) else { break }
            closedPeriods += periods(from: requests.remove(at: index), to: tick)
            released += 1
        }
        return released
    }

    /// Ticks until the next period of a server begins.
    private func ticksLeft(_ request: Int, _ tick: Int) -> Int {
        rules.periodTicks - (tick - request) % rules.periodTicks
    }

    private func periods(from request: Int, to tick: Int) -> Int {
        max(1, (max(0, tick - request) + rules.periodTicks - 1) / rules.periodTicks)
    }
}
