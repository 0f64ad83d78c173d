/// A history without gaps, scaled so that its largest value is 1: what the models of the long layer work on.
///
/// A gap takes the value of one season before, or of the last known step. Scaling keeps squares of the largest numbers a
/// double holds finite, and makes penalties mean the same for every series.
struct CleanSeries {
    let values: [Double]
    /// What a value of 1 stands for.
    let scale: Double
    let isPositive: Bool
    let isConstant: Bool
    private let lowest: Double
    private let highest: Double

    /// nil where no value is a finite number.
    init?(_ raw: ArraySlice<Double>, season: Int) {
        guard let first = raw.firstIndex(where: \.isFinite) else { return nil }
        var largest = 0.0
        for value in raw[first...] where value.isFinite { largest = max(largest, abs(value)) }
        scale = largest > 0 ? largest : 1
        var values: [Double] = []
        values.reserveCapacity(raw.count)
        for value in raw[first...] {
            if value.isFinite {
                values.append(value / scale)
            } else {
                values.append(values.count >= season ? values[values.count - season] : values[values.count - 1])
            }
        }
        self.values = values
        lowest = values.min() ?? 0
        highest = values.max() ?? 0
        isPositive = lowest > CleanSeries.smallestShare
        isConstant = lowest == highest
    }

    /// Below this share of the largest value, a ratio says nothing.
    private static let smallestShare = 1e-6

    /// Whether a forecast stays within reach of what was seen: twice the range beyond either end.
    func isPlausible(_ value: Double) -> Bool {
        let margin = 2 * (highest - lowest)
        return value >= lowest - margin && value <= highest + margin
    }
}
