/// A straight line through the last steps (least squares), carried on with a trend that dies away.
///
/// The level is the line's end, not the last value, so that noise does not become level. Damping after Gardner and McKenzie,
/// Management Science 31 (1985): the trend's share of step k is `damping^k`.
package struct DampedTrendForecaster: Forecaster {
    /// Steps the line is fitted to.
    package let window: Int
    /// What is left of the trend after one step, at most 1.
    package let damping: Double
    package var name: String { "trend \(window)" }

    package init(window: Int, damping: Double) {
        self.window = window
        self.damping = damping
    }

    package func forecast(_ history: ArraySlice<Double>, leads: [Int]) -> [Double]? {
        guard history.count >= window else { return nil }
        var count = 0.0, sumX = 0.0, sumY = 0.0, sumXX = 0.0, sumXY = 0.0
        // x runs from -(window - 1) to 0, so the line's value at 0 is its end.
        for (offset, y) in history.suffix(window).enumerated() where y.isFinite {
            let x = Double(offset - window + 1)
            count += 1
            sumX += x
            sumY += y
            sumXX += x * x
            sumXY += x * y
        }
        let determinant = count * sumXX - sumX * sumX
        guard count >= 3, determinant > 0 else { return nil }
        let slope = (count * sumXY - sumX * sumY) / determinant
        let level = (sumY - slope * sumX) / count
        return leads.map { lead in
            let distance = damping < 1 ? damping * (1 - pow(damping, lead)) / (1 - damping) : Double(lead)
            return level + slope * distance
        }
    }

    private func pow(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var factor = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}
