internal import Glibc

/// One simple way to size a fleet: predicted demand, plus headroom by the load, plus headroom by volatility or by the largest jumps
/// lately, plus the usual rise.
struct SizingExpert: Sendable, Hashable {
    /// Which predictor, and which volatility; those beyond the volatilities are jumps.
    var predictor: Int
    var volatility: Int
    /// Headroom at the load of the owned servers, as a share of it; it grows with the load to the power ``exponent``.
    var headroom: Float
    var exponent: Float
    /// Volatilities and seasonal rises that are added.
    var volatilityFactor: Float
    var riseFactor: Float

    /// Every combination, in an order that puts experts with the same predictor and headroom next to each other.
    static let grid: [SizingExpert] = {
        var grid: [SizingExpert] = []
        for predictor in 0..<DemandSignals.predictorCount {
            for headroom: Float in [0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.65, 0.9, 1.3] {
                for surprise in surprises {
                    for riseFactor: Float in [0.5, 1] {
                        grid.append(
                            SizingExpert(
                                predictor: predictor, volatility: surprise.signal, headroom: headroom,
                                exponent: headroom >= 0.9 ? 0.4 : 0.6, volatilityFactor: surprise.factor, riseFactor: riseFactor))
                    }
                }
            }
        }
        return grid
    }()

    /// What is added against the unforeseen: multiples of a volatility, or parts of the largest jump lately.
    private static let surprises: [(signal: Int, factor: Float)] =
        (0..<DemandSignals.volatilityCount).flatMap { signal in [0.5, 1.5, 3].map { (signal, $0) } }
        + (0..<DemandSignals.jumpCount).flatMap { jump in
            [0.3, 0.6, 1].map { (DemandSignals.volatilityCount + jump, $0) }
        }

    /// Experts that share a predictor and a headroom.
    static let groupSize = 2 * surprises.count

    /// `magewatch` prints it: what the fleet is sized for, in words.
    var summary: String {
        let predictors = ["mean of 5 min", "peak of 3 min", "peak of 3 min and mean of 15 min", "mean of 1 and 10 min"]
        let jumps = ["largest jump of the last hours", "largest jump of the last days"]
        let surprise =
            volatility < DemandSignals.volatilityCount ? "volatility" : jumps[volatility - DemandSignals.volatilityCount]
        return "\(predictors[predictor]) + \(percent(headroom)) + \(volatilityFactor) x \(surprise) + \(riseFactor) x usual rise"
    }

    private func percent(_ share: Float) -> String { "\(Int((share * 100).rounded())) %" }
}

/// Servers each expert would want at one moment, before rounding.
struct SizingMoment {
    private let base: [Float]
    private let surprises: [Float]
    private let rise: Float

    init(_ signals: DemandSignals, ownedServers: Int) {
        let owned = Float(ownedServers)
        let predictors = signals.predictors()
        var base: [Float] = []
        for start in stride(from: 0, to: SizingExpert.grid.count, by: SizingExpert.groupSize) {
            let expert = SizingExpert.grid[start]
            let x = predictors[expert.predictor]
            let growth = expert.headroom > 0 ? powf(max(x / owned, 0.25), expert.exponent) * owned : 0
            base.append(x + expert.headroom * growth + 0.02 * owned)
        }
        self.base = base
        surprises = signals.volatility + signals.jumps
        rise = signals.seasonalRise()
    }

    /// Fills `needs`, one a member of ``SizingExpert/grid``.
    func fill(_ needs: inout [Float]) {
        var extras = [Float](repeating: 0, count: SizingExpert.groupSize)
        for index in extras.indices {
            let expert = SizingExpert.grid[index]
            extras[index] = expert.volatilityFactor * surprises[expert.volatility] + expert.riseFactor * rise
        }
        var index = 0
        for value in base {
            for extra in extras {
                needs[index] = min(value + extra, Float(FleetRules.maximumServers))
                index += 1
            }
        }
    }
}
