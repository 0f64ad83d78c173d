/// Quantiles from signed errors.
package enum ResidualQuantiles {
    /// Fewer errors than this say little; the interval is then widened.
    package static let enough = 20

    /// The quantile of `residuals` at `probability`, by linear interpolation; with few of them pushed outwards by up to twice
    /// their mean size. 0 where there is none.
    package static func quantile(_ residuals: [Double], _ probability: Double) -> Double {
        guard !residuals.isEmpty else { return 0 }
        let sorted = residuals.sorted()
        let position = probability * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        let value = sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
        guard sorted.count < enough else { return value }
        let size = sorted.reduce(0) { $0 + abs($1) } / Double(sorted.count)
        let shortage = Double(enough - sorted.count) / Double(enough)
        return value + 2 * (2 * probability - 1) * size * shortage
    }
}
