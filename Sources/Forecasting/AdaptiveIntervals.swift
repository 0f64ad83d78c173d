/// Intervals from a forecast's own errors of the last week, with a level that adapts until the coverage is right.
///
/// Split conformal quantiles of the signed errors; the miss rate asked of them is moved after each truth by whether the interval held (Gibbs
/// and Candes, "Adaptive conformal inference under distribution shift", 2021). Few errors push the quantiles outwards.
struct AdaptiveIntervals: Sendable {
    /// Errors that are kept, spread over ``days``.
    static let window = 336
    static let days = 7
    /// The share of truths that may fall outside of the interval that is watched.
    static let missRate = 0.05

    private let stride: Int
    private let step: Double
    private var errors: [Double] = []
    private var sorted: [Double] = []
    private var seen = 0
    /// Miss rate asked for, so that ``missRate`` comes out.
    private(set) var level = missRate
    /// Share of truths inside the watched interval, over about the last week.
    private(set) var coverage = 1 - missRate
    /// The same over the last few hours alone.
    private(set) var recentCoverage = 1 - missRate

    init(lead: Int, day: Int) {
        stride = max(1, AdaptiveIntervals.days * day / AdaptiveIntervals.window)
        // Misses of overlapping forecasts come together; they are answered the more slowly.
        step = 0.01 / Double(max(1, lead)).squareRoot()
    }

    mutating func learn(error: Double, wasInside: Bool) {
        level = min(0.2, max(0.001, level + step * (AdaptiveIntervals.missRate - (wasInside ? 0 : 1))))
        coverage += ((wasInside ? 1 : 0) - coverage) / Double(AdaptiveIntervals.window * stride)
        recentCoverage += ((wasInside ? 1 : 0) - recentCoverage) / min(Double(seen + 1), LeadLedger.recentTruths)
        if seen.isMultiple(of: stride) {
            insert(error)
            if errors.count == AdaptiveIntervals.window {
                let place = seen / stride % AdaptiveIntervals.window
                remove(errors[place])
                errors[place] = error
            } else {
                errors.append(error)
            }
        }
        seen += 1
    }

    /// Mean size of the errors that are kept, and how many have been seen.
    var meanAbsoluteError: Double { ForecastMetrics.mean(errors.map { abs($0) }) }
    var count: Int { seen }

    /// The error that the truth stays under with a probability.
    func quantile(_ probability: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let tail = min(probability, 1 - probability) * level / AdaptiveIntervals.missRate
        let place = (probability < 0.5 ? tail : 1 - tail) * Double(sorted.count + 1) - 1
        let last = sorted.count - 1
        if place < 0 { return sorted[0] + place * AdaptiveIntervals.margin * max(0, -sorted[0]) }
        if place > Double(last) {
            return sorted[last] + (place - Double(last)) * AdaptiveIntervals.margin * max(0, sorted[last])
        }
        let low = Int(place)
        return sorted[low] + (sorted[min(last, low + 1)] - sorted[low]) * (place - Double(low))
    }

    /// What the outermost error is stretched by for each place beyond it.
    private static let margin = 0.5

    func bounds(around forecast: Double) -> ClosedRange<Double> {
        let low = forecast + quantile(AdaptiveIntervals.missRate / 2)
        let high = forecast + quantile(1 - AdaptiveIntervals.missRate / 2)
        return low <= high ? low...high : forecast...forecast
    }

    private mutating func insert(_ error: Double) { sorted.insert(error, at: place(of: error)) }

    private mutating func remove(_ error: Double) { sorted.remove(at: place(of: error)) }

    /// First place whose error is not smaller.
    private func place(of error: Double) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < error { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
