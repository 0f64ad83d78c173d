internal import Glibc

/// Sizes one role's fleet by following whichever of many simple policies has lately met the target at the least cost.
///
/// Every expert drives a virtual fleet on the real demand (``ShadowFleets``), and what each would have cost and missed is known
/// (``ShadowLedger``). Once an hour the expert is chosen that keeps the share of saturated minutes under the target most cheaply at this time of
/// day; the target itself gives way by what the real fleet has really missed. The operator sets only the target, and the price of a
/// saturated minute explains each choice. It sees demand as it comes, never ahead.
package struct ShadowScaler: Sendable {
    package struct Options: Sendable, Equatable {
        /// Share of minutes that may be saturated.
        package var targetShare = 0.0012
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
    private var choice = ShadowLedger.Choice(expert: 0, price: 1, expectedShare: 0)
    private var tick = 0
    private var realised: Float
    private var realisedMinutes: Float = 1440

    /// Ticks of history before the experts are believed; the most careful one is followed until then.
    private let warmUpTicks: Int

    package init(rules: FleetRules, options: Options = Options()) {
        self.rules = rules
        self.options = options
        signals = DemandSignals(ticksPerDay: rules.ticksPerDay)
        fleets = ShadowFleets(rules: rules)
        warmUpTicks = rules.ticksPerDay / 4
        realised = Float(options.targetShare) * 1440
        choice.expert = ShadowScaler.careful
    }

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
        return Decision(
            launchBound: Int(fleets.needs[choice.expert]), keepBound: Int(fleets.held[choice.expert]),
            price: Double(choice.price), sizing: SizingExpert.grid[choice.expert].summary)
    }

    /// Takes the demand of the present tick (in servers' worth) and what the real fleet had to serve it; nil while there is no real fleet.
    package mutating func observe(demand: Double, readyServers: Int?) {
        let value = demand.isFinite ? Float(min(max(0, demand), Double(FleetRules.maximumServers))) : signals[1]
        fleets.play(demand: value, at: tick)
        if tick >= warmUpTicks { ledger.record(fleets, block: block, minutes: 1 / Float(rules.ticksPerMinute)) }
        if let readyServers {
            realTicks += 1
            realisedMinutes += 1 / Float(rules.ticksPerMinute)
            let minute = tick / rules.ticksPerMinute
            // What was missed before a first server could have come says nothing about the sizing.
            if realTicks > rules.attachTicks, Double(value) > Double(readyServers) + 1e-6, minute != lastSaturatedMinute {
                realised += 1
                lastSaturatedMinute = minute
            }
        }
        signals.observe(demand)
        tick += 1
    }

    private var lastSaturatedMinute = -1
    private var realTicks = 0

    private var block: Int { tick % rules.ticksPerDay * ShadowLedger.blockCount / rules.ticksPerDay }

    private var feedbackFade: Float { Float(exp2(-1 / (24 * options.feedbackHalfLifeDays))) }

    /// The target given to the ledger: what was missed too much is asked back, twice over.
    private var target: Float {
        let target = Float(options.targetShare)
        let share = realised / max(1, realisedMinutes)
        return min(3 * target, max(0.2 * target, target + 2 * (target - share)))
    }
}
