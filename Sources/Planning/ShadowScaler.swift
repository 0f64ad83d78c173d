internal import Glibc

/// Sizes one role's fleet by following whichever of many simple policies has lately met the target at the least cost.
///
/// Every expert drives a virtual fleet on the real demand (``ShadowFleets``), and what each would have cost and missed is known
/// (``ShadowLedger``). Once an hour the experts are chosen that keep the share of saturated minutes under the target most cheaply at this time of
/// day, and their mean is followed; the target itself gives way by what the real fleet has really missed. The operator sets only the target, and the price of a
/// saturated minute explains each choice. It sees demand as it comes, never ahead.
package struct ShadowScaler: Sendable {
    package struct Options: Sendable, Equatable {
        /// Share of minutes that may be saturated.
        package var targetShare = 0.0014
        /// After so many days what the real fleet missed weighs half.
        package var feedbackHalfLifeDays = 5.0

        package init() {}
    }

    /// What a fleet should do at a tick.
    package struct Decision: Sendable, Equatable {
        /// Fewest servers to have, those under way included: more are launched, never fewer kept.
        package var launchBound: Int
        /// Servers beyond this may be given back, at the end of their paid period.
        package var keepBound: Int
        /// Periods that one saturated minute less is worth just now.
        package var price: Double
        /// How the fleet is sized, in words.
        package var sizing: String
    }

    package let rules: FleetRules
    package let options: Options
    private var signals: DemandSignals
    private var fleets: ShadowFleets
    private var ledger = ShadowLedger()
    private var choice = ShadowLedger.Choice(experts: [ShadowScaler.careful], price: 1, expectedShare: 0)
    private var wanted: [Int]
    private var tick = 0
    private var realised: Float
    private var realisedMinutes = ShadowScaler.feedbackPriorMinutes

    /// Ticks of history before the experts are believed; the most careful one is followed until then.
    private let warmUpTicks: Int

    package init(rules: FleetRules, options: Options = Options()) {
        self.rules = rules
        self.options = options
        signals = DemandSignals(ticksPerDay: rules.ticksPerDay)
        fleets = ShadowFleets(rules: rules)
        warmUpTicks = rules.ticksPerDay / 4
        realised = Float(options.targetShare) * ShadowScaler.feedbackPriorMinutes
        wanted = [Int](repeating: rules.ownedServers, count: ShadowFleets.holdTicks)
    }

    /// What was missed is weighed against so many minutes on target: the first day's luck does not sway it.
    private static let feedbackPriorMinutes: Float = 4 * 1440

    /// A quarter more than the peak of the last minutes, and half as much volatility again: what a new stack begins with.
    private static let careful =
        SizingExpert.grid.firstIndex {
            $0.predictor == 1 && $0.headroom == 0.3 && $0.volatilityFactor == 1.5 && $0.riseFactor == 1
        } ?? 0

    /// The decision for the present tick, from the demand of the ticks before.
    package mutating func decide() -> Decision {
        fleets.size(SizingMoment(signals, ownedServers: rules.ownedServers), at: tick)
        let ticksPerHour = 60 * rules.ticksPerMinute
        if tick.isMultiple(of: ticksPerHour) {
            ledger.fade()
            realised *= feedbackFade
            realisedMinutes *= feedbackFade
            if tick >= 2 * warmUpTicks { choice = ledger.choose(block: block, target: target) }
        }
        let wish = choice.experts.reduce(0) { $0 + fleets.wishes[$1] } / Float(choice.experts.count)
        let want = max(rules.ownedServers, Int((wish - 1e-4).rounded(.up)))
        wanted[tick % wanted.count] = want
        return Decision(
            launchBound: want, keepBound: wanted.max() ?? want, price: Double(choice.price),
            sizing: SizingExpert.grid[choice.experts[0]].summary)
    }

    /// Takes the demand of the present tick (in servers' worth) and what the real fleet had to serve it; nil while there is no real fleet.
    package mutating func observe(demand: Double, readyServers: Int?) {
        let value = demand.isFinite ? Float(min(max(0, demand), Double(FleetRules.maximumServers))) : signals[1]
        fleets.play(demand: value, at: tick)
        if tick >= warmUpTicks { ledger.record(fleets, block: block, minutes: 1 / Float(rules.ticksPerMinute)) }
        if let readyServers {
            realisedMinutes += 1 / Float(rules.ticksPerMinute)
            let minute = tick / rules.ticksPerMinute
            if Double(value) > Double(readyServers) + 1e-6, minute != lastSaturatedMinute {
                realised += 1
                lastSaturatedMinute = minute
            }
        }
        signals.observe(demand)
        tick += 1
    }

    private var lastSaturatedMinute = -1

    private var block: Int { tick % rules.ticksPerDay * ShadowLedger.blockCount / rules.ticksPerDay }

    private var feedbackFade: Float { Float(exp2(-1 / (24 * options.feedbackHalfLifeDays))) }

    /// The target given to the ledger: what was missed too much is asked back.
    private var target: Float {
        let target = Float(options.targetShare)
        let share = realised / max(1, realisedMinutes)
        return min(3 * target, max(0.2 * target, target + (target - share)))
    }
}
