import Telemetry

/// A sum that carries what rounding lost (Kahan and Neumaier).
struct KahanSum: Sendable {
    private(set) var sum: Double
    private(set) var lost: Double

    init(_ start: Double = 0, lost: Double = 0) {
        sum = start
        self.lost = lost
    }

    var value: Double { sum.isInfinite ? sum : sum + lost }

    mutating func add(_ term: Double) {
        let next = sum + term
        if next.isInfinite {
            lost = 0
        } else if sum.magnitude >= term.magnitude {
            lost += (sum - next) + term
        } else {
            lost += (term - next) + sum
        }
        sum = next
    }
}

/// A mean that neither loses small terms nor overflows: a compensated sum as long as that is finite, else a running mean.
struct MeanAccumulator: Sendable {
    private var sum = KahanSum()
    private var mean = KahanSum()
    private var isRunning = false
    private(set) var count = 0.0

    mutating func add(_ term: Double) {
        count += 1
        if !isRunning {
            var next = sum
            next.add(term)
            if count == 1 || !next.sum.isInfinite {
                sum = next
                return
            }
            isRunning = true
            mean = KahanSum(sum.sum / (count - 1))
            mean.add(sum.lost / (count - 1))
        }
        if mean.sum.isInfinite {
            // Infinity stays unless its opposite or NaN comes; subtracting would make NaN of the first equal term.
            if term.isInfinite, (mean.sum > 0) == (term > 0) { return }
            if term.isFinite { return }
        }
        mean.add((term - mean.value) / count)
    }

    var value: Double { isRunning ? mean.value : sum.value / count }
}

/// Quantiles of a few values, interpolated between neighbours.
enum Quantile {
    static func of(_ values: [Double], _ quantile: Double) -> Double {
        guard !values.isEmpty, !quantile.isNaN else { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        // NaN counts as smallest.
        return ofSorted(values.sorted { $0 < $1 || ($0.isNaN && !$1.isNaN) }, quantile)
    }

    /// The same of values in ascending order.
    static func ofSorted(_ sorted: [Double], _ quantile: Double) -> Double {
        guard !sorted.isEmpty, !quantile.isNaN else { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        let rank = quantile * Double(sorted.count - 1)
        let lower = Int(rank.rounded(.down))
        let upper = min(lower + 1, sorted.count - 1)
        let weight = rank - rank.rounded(.down)
        return sorted[lower] * (1 - weight) + sorted[upper] * weight
    }
}

extension Double {
    /// Stands in a step vector where a series has no value. Computation never yields this pattern: it turns signalling NaN quiet.
    static let absent = SampleBatch.staleMarker

    // Asked of every sample there is, so it compares with a constant and not with a variable of another module.
    @inline(__always) var isAbsent: Bool { bitPattern == 0x7ff0_0000_0000_0002 }
}
