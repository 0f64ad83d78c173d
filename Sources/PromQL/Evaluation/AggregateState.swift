/// What an aggregation knows of one group at one step.
struct AggregateState {
    private var count = 0.0
    /// Sum, extreme, or sum of squared differences.
    private var value = KahanSum()
    private var mean = MeanAccumulator()

    init(_ aggregator: Aggregation.Operator) {}

    mutating func add(_ sample: Double, _ aggregator: Aggregation.Operator) {
        count += 1
        switch aggregator {
        case .sum: value.add(sample)
        case .avg: mean.add(sample)
        case .min: if count == 1 || sample < value.sum || value.sum.isNaN { value = KahanSum(sample) }
        case .max: if count == 1 || sample > value.sum || value.sum.isNaN { value = KahanSum(sample) }
        case .stddev, .stdvar:
            let before = count == 1 ? 0 : mean.value
            mean.add(sample)
            value.add((sample - before) * (sample - mean.value))
        default: break
        }
    }

    func result(_ aggregator: Aggregation.Operator) -> Double {
        guard count > 0 else { return .absent }
        return switch aggregator {
        case .avg: mean.value
        case .count: count
        case .group: 1
        case .stdvar: value.value / count
        case .stddev: (value.value / count).squareRoot()
        default: value.value
        }
    }
}
