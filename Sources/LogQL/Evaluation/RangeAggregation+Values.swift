import Telemetry

/// The samples of one series inside a window that is open at its start and closed at its end.
struct WindowSamples {
    var timestamps: ArraySlice<Nanoseconds>
    var values: ArraySlice<Double>
    var start: Nanoseconds
    var end: Nanoseconds
}

extension RangeAggregation {
    /// Whether only the sum of the samples in a window matters (that there are any, for `absent`): then entries of one stretch of time
    /// between the ends of windows count as one sample.
    var addsUp: Bool { unwrap == nil && [.count, .rate, .bytes, .bytesRate, .absent].contains(operation) }

    /// One value of at least one sample.
    func value(of samples: WindowSamples) -> Double? {
        let values = samples.values
        let seconds = Double(range) / 1e9
        switch operation {
        case .count: return addsUp ? values.reduce(0, +) : Double(values.count)
        case .rate, .bytesRate: return values.reduce(0, +) / seconds
        case .bytes, .sum: return values.reduce(0, +)
        case .average: return Statistics.mean(values)
        case .minimum: return values.reduce(.nan) { $0 < $1 ? $0 : $1.isNaN ? $0 : $1 }
        case .maximum: return values.reduce(.nan) { $0 > $1 ? $0 : $1.isNaN ? $0 : $1 }
        case .deviation: return Statistics.variance(values).squareRoot()
        case .variance: return Statistics.variance(values)
        case .quantile: return Statistics.quantile(parameter ?? .nan, values)
        case .first: return values.first
        case .last: return values.last
        case .absent: return 1
        case .rateCounter: return counterRate(samples, seconds)
        }
    }

    /// The increase per second of a counter that may have been reset, extended to the window's ends where samples come close to them, and
    /// never to before the counter was zero.
    private func counterRate(_ samples: WindowSamples, _ seconds: Double) -> Double {
        let values = samples.values
        guard let first = values.first, let last = values.last, values.count > 1,
            let firstTime = samples.timestamps.first, let lastTime = samples.timestamps.last, lastTime > firstTime
        else { return 0 }
        var increase = last - first
        for (previous, next) in zip(values, values.dropFirst()) where next < previous { increase += previous }
        let sampled = Double(lastTime - firstTime) / 1e9
        var toStart = Double(firstTime - samples.start) / 1e9
        let toEnd = Double(samples.end - lastTime) / 1e9
        let spacing = sampled / Double(values.count - 1)
        if increase > 0, first >= 0 { toStart = min(toStart, sampled * (first / increase)) }
        let near = spacing * 1.1
        let extended = sampled + (toStart < near ? toStart : spacing / 2) + (toEnd < near ? toEnd : spacing / 2)
        return increase * (extended / sampled) / seconds
    }
}

/// Summaries of values.
enum Statistics {
    static func mean(_ values: some Collection<Double>) -> Double {
        let sum = values.reduce(0, +)
        if sum.isFinite || !values.allSatisfy(\.isFinite) { return sum / Double(values.count) }
        // The sum is too large, the mean is not.
        return values.reduce(0) { $0 + $1 / Double(values.count) }
    }

    /// Of the whole population.
    static func variance(_ values: some Collection<Double>) -> Double {
        var mean = 0.0
        var squares = 0.0
        for (count, value) in values.enumerated() {
            let delta = value - mean
            mean += delta / Double(count + 1)
            squares += delta * (value - mean)
        }
        return squares / Double(values.count)
    }

    /// Interpolated between ranked values.
    static func quantile(_ quantile: Double, _ values: some Collection<Double>) -> Double {
        guard !values.isEmpty, !quantile.isNaN else { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        var ranked = RankedValues(values)
        let rank = quantile * Double(values.count - 1)
        let lower = Int(rank.rounded(.down))
        let weight = rank - Double(lower)
        let first = ranked.value(at: lower)
        let second = ranked.value(after: lower) ?? ranked.value(at: min(lower + 1, values.count - 1))
        return first * (1 - weight) + second * weight
    }
}
