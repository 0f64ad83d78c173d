/// Scores each value of a signal by how surprising it is, from what the signal has done so far.
///
/// Four statistics are watched: the error of the next-step forecast; the mean of the last 12 steps against the 144 before; the mean of the
/// last 72 steps, and the value itself, against the 864 before (an hour, half a day, six hours and three days of five-minute steps). Each
/// is set against the upper quantile of its own past, so that a signal that always spikes has to do something new. After an alarm the
/// detector stays quiet for a while: one event is one alarm.
package struct AnomalyDetector: Sendable {
    package struct Options: Sendable {
        /// Score from which on a value is an anomaly.
        package var threshold = 1.2
        /// Steps after an alarm without another.
        package var quietSteps = 144
        /// Steps before the first alarm.
        package var learnSteps = 144

        package init() {}
    }

    package let options: Options
    private var forecaster: OnlineForecaster
    private var window: SignalWindow
    private var gauges: [SurpriseGauge]
    private var quietUntil = 0

    package init(stepsPerDay: Int, options: Options = Options()) {
        self.options = options
        forecaster = OnlineForecaster(leads: [1], stepsPerDay: stepsPerDay)
        window = SignalWindow(day: max(2, stepsPerDay))
        gauges = [SurpriseGauge](repeating: SurpriseGauge(), count: 4)
    }

    /// Takes the next value: its score, and whether to raise an alarm.
    package mutating func observe(_ value: Double) -> (score: Double, isAlarm: Bool) {
        let expected = forecaster.forecast[0]
        let hasForecast = forecaster.count > 0
        forecaster.observe(value)
        window.append(value)
        let seen = window[0]
        var statistics = [hasForecast ? abs(seen - expected) : 0]
        let usual = mean(72, 72 + 864)
        statistics.append(abs(mean(0, 12) - mean(12, 12 + 144)))
        statistics.append(abs(mean(0, 72) - usual))
        statistics.append(abs(seen - usual))
        var score = 0.0
        let floor = 1e-3 * window.scale
        for index in gauges.indices {
            score = max(score, gauges[index].surprise(statistics[index], floor: floor))
        }
        let isAlarm = window.count > options.learnSteps && score >= options.threshold && window.count >= quietUntil
        if isAlarm { quietUntil = window.count + options.quietSteps }
        return (score, isAlarm)
    }

    private func mean(_ first: Int, _ end: Int) -> Double {
        let end = min(end, window.count)
        guard first < end else { return window[0] }
        var sum = 0.0
        for back in first..<end { sum += window[back] }
        return sum / Double(end - first)
    }
}

/// A statistic against the upper quantile of its own past.
struct SurpriseGauge: Sendable {
    /// Values that are kept.
    static let window = 4032
    /// The quantile that is usual.
    static let quantile = 0.995
    private var sorted: [Double] = []
    private var recent: [Double] = []
    private var next = 0

    /// The value in units of the quantile of what came before it; then it is remembered.
    mutating func surprise(_ value: Double, floor: Double) -> Double {
        let place = Int(Double(sorted.count) * SurpriseGauge.quantile)
        let usual = sorted.isEmpty ? value : sorted[min(place, sorted.count - 1)]
        let surprise = value / max(usual, floor, 1e-300)
        remember(value)
        return surprise.isFinite ? surprise : 0
    }

    private mutating func remember(_ value: Double) {
        if recent.count < SurpriseGauge.window {
            recent.append(value)
        } else {
            sorted.remove(at: place(of: recent[next]))
            recent[next] = value
            next = (next + 1) % SurpriseGauge.window
        }
        sorted.insert(value, at: place(of: value))
    }

    private func place(of value: Double) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
