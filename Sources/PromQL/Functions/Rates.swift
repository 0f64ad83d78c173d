import Telemetry

/// Rates and differences over a window.
enum Rates {
    /// `rate`, `increase` and `delta`: the difference of last and first sample, extended to the window's bounds.
    ///
    /// Samples rarely stand at the bounds, so the difference is stretched as if the series went on, unless the nearest sample is
    /// more than 1.1 mean intervals away from a bound: then the series is taken to begin or end there, half an interval
    /// from its sample. A counter is not stretched to before it was zero.
    static func extrapolated(_ window: borrowing Window, counter: Bool, perSecond: Bool) -> Double {
        let startsAtZero = counter && startsWithin(window)
        guard window.count >= 2 || startsAtZero else { return .absent }
        var difference = startsAtZero ? window.last : window.last - window.first
        if counter { difference += beforeResets(window) }
        return difference
            * extrapolation(window, counter: counter, first: window.first, difference: difference, perSecond: perSecond)
    }

    /// What a counter held whenever it began again.
    private static func beforeResets(_ window: borrowing Window) -> Double {
        var total = 0.0
        var previous = window.first
        // Hardly any series knows when its counter began, so the loop of all others does not ask.
        if window.columns.startTimestamps.isEmpty {
            for index in window.range.dropFirst() {
                let value = window.columns.values[index]
                if value < previous { total += previous }
                previous = value
            }
            return total
        }
        for index in window.range.dropFirst() {
            let value = window.columns.values[index]
            if value < previous || window.columns.startsAgain(at: index) { total += previous }
            previous = value
        }
        return total
    }

    /// True if the first sample's counter is known to have begun within the window, so that it is known to have been zero then.
    static func startsWithin(_ window: borrowing Window) -> Bool {
        guard !window.columns.startTimestamps.isEmpty else { return false }
        let start = window.columns.startTimestamps[window.range.lowerBound]
        return start > window.start && start < window.firstTime
    }

    /// What a difference between samples has to be multiplied by to stand for the whole window.
    static func extrapolation(
        _ window: borrowing Window, counter: Bool, first: Double, difference: Double, perSecond: Bool
    ) -> Double {
        let began = counter && startsWithin(window) ? window.columns.startTimestamps[window.range.lowerBound] : nil
        let edges = Edges(
            firstTime: window.firstTime, lastTime: window.lastTime, count: window.count, start: window.start, end: window.end,
            beganBefore: began)
        return edges.factor(counter: counter, first: first, difference: difference, perSecond: perSecond)
    }

    /// Where the samples of a window lie in it.
    struct Edges {
        var firstTime: Milliseconds
        var lastTime: Milliseconds
        var count: Int
        var start: Milliseconds
        var end: Milliseconds
        /// When the counter of the first sample is known to have begun, within the window.
        var beganBefore: Milliseconds?

        /// See ``Rates/extrapolation(_:counter:first:difference:perSecond:)``.
        func factor(counter: Bool, first: Double, difference: Double, perSecond: Bool) -> Double {
            var sampled = Double(lastTime - firstTime) / 1000
            let interval = count > 1 ? sampled / Double(count - 1) : 0
            var toStart = Double(firstTime - start) / 1000
            var toEnd = Double(end - lastTime) / 1000
            if let beganBefore {
                sampled += Double(firstTime - beganBefore) / 1000
                toStart = 0
            } else {
                if toStart >= interval * 1.1 { toStart = interval / 2 }
                if counter, difference > 0, first >= 0 { toStart = min(toStart, sampled * (first / difference)) }
            }
            if toEnd >= interval * 1.1 { toEnd = interval / 2 }
            let factor = (sampled + toStart + toEnd) / sampled
            return perSecond ? factor / (Double(end - start) / 1000) : factor
        }
    }

    /// `irate` and `idelta`: from the last two samples alone.
    static func ofLastTwo(_ window: borrowing Window, counter: Bool) -> Double {
        guard window.count >= 2 else { return .absent }
        let end = window.range.upperBound - 1
        let (previous, last) = (window.columns.values[end - 1], window.columns.values[end])
        let seconds = Double(window.columns.timestamps[end] - window.columns.timestamps[end - 1]) / 1000
        guard seconds > 0 else { return .absent }
        guard counter else { return last - previous }
        let isReset = last < previous || (!window.columns.startTimestamps.isEmpty && window.columns.startsAgain(at: end))
        return (isReset ? last : last - previous) / seconds
    }
}

extension SampleColumns {
    /// Whether start timestamps tell that a counter began again between a sample and the one before it.
    func startsAgain(at index: Int) -> Bool {
        let (start, before) = (startTimestamps[index], timestamps[index - 1])
        guard start != 0, start < timestamps[index] else { return false }
        // Some senders let a counter start at the time of the sample before; then only a change tells.
        return start > before || (start == before && startTimestamps[index - 1] != start)
    }
}

/// A straight line through the samples of a window, by least squares.
struct Regression {
    /// Per second.
    let slope: Double
    let intercept: Double

    init(_ window: borrowing Window, interceptAt origin: Milliseconds) {
        var isConstant = true
        var (sumX, sumY, sumXY, sumXX) = (KahanSum(), KahanSum(), KahanSum(), KahanSum())
        let first = window.first
        for index in window.range {
            let y = window.columns.values[index]
            if y != first { isConstant = false }
            let x = Double(window.columns.timestamps[index] - origin) / 1000
            sumX.add(x)
            sumY.add(y)
            sumXY.add(x * y)
            sumXX.add(x * x)
        }
        // A constant series has slope 0 exactly, whatever rounding would make of it.
        if isConstant {
            (slope, intercept) = first.isInfinite ? (.nan, .nan) : (0, first)
            return
        }
        let count = Double(window.count)
        let covariance = sumXY.value - sumX.value * sumY.value / count
        let variance = sumXX.value - sumX.value * sumX.value / count
        slope = covariance / variance
        intercept = sumY.value / count - slope * sumX.value / count
    }
}

/// Smoothing that follows a trend (Holt's linear method).
enum Smoothing {
    static func doubleExponential(
        _ window: borrowing Window, smoothing: Double, trend: Double
    ) throws(PromQLError) -> Double {
        guard smoothing > 0, smoothing < 1 else {
            throw PromQLError(.execution, "invalid smoothing factor: expected more than 0 and less than 1, got \(smoothing)")
        }
        guard trend > 0, trend < 1 else {
            throw PromQLError(.execution, "invalid trend factor: expected more than 0 and less than 1, got \(trend)")
        }
        guard window.count >= 2 else { return .absent }
        var level = window.first
        var before = 0.0
        var slope = window.columns.values[window.range.lowerBound + 1] - window.first
        for (step, index) in window.range.dropFirst().enumerated() {
            if step > 0 { slope = trend * (level - before) + (1 - trend) * slope }
            let next = smoothing * window.columns.values[index] + (1 - smoothing) * (level + slope)
            (before, level) = (level, next)
        }
        return level
    }
}
