/// Quantiles from signed errors.
package enum ResidualQuantiles {
    /// Fewer errors than this say little; the interval is then widened.
    package static let enough = 20

    /// Weight of an error against the next later one. A burst must not widen the intervals for long after it is over
    /// (conformal prediction beyond exchangeability: Barber, Candes, Ramdas, Tibshirani, 2023).
    package static let memory = 0.95

    /// The quantile of `residuals` (oldest first) at `probability`, the later ones weighing more; with few of them pushed outwards
    /// by up to twice their mean size. 0 where there is none.
    package static func quantile(_ residuals: [Double], _ probability: Double) -> Double {
        guard !residuals.isEmpty else { return 0 }
        var weight = 1.0
        var weighted: [(value: Double, weight: Double)] = []
        for value in residuals.reversed() {
            weighted.append((value, weight))
            weight *= memory
        }
        weighted.sort { $0.value < $1.value }
        let value = interpolate(weighted, probability)
        guard residuals.count < enough else { return value }
        let size = residuals.reduce(0) { $0 + abs($1) } / Double(residuals.count)
        let shortage = Double(enough - residuals.count) / Double(enough)
        return value + 2 * (2 * probability - 1) * size * shortage
    }

    /// The value at a share of the whole weight, linear between the middles of neighbours.
    private static func interpolate(_ sorted: [(value: Double, weight: Double)], _ probability: Double) -> Double {
        let target = probability * sorted.reduce(0) { $0 + $1.weight }
        var before = 0.0
        var last: (value: Double, middle: Double)?
        for item in sorted {
            let middle = before + item.weight / 2
            if middle >= target {
                guard let last, middle > last.middle else { return item.value }
                return last.value + (item.value - last.value) * (target - last.middle) / (middle - last.middle)
            }
            last = (item.value, middle)
            before += item.weight
        }
        return sorted.last?.value ?? 0
    }
}
