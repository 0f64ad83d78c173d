/// The long layer of one signal as it comes: means over a coarser grid, forecast anew whenever one more of them is complete.
struct LongLayer: Sendable {
    /// Seconds of a step of the coarse grid, at least.
    static let leastStepSeconds = 900.0
    /// Steps that are needed before it has something to say, and that are kept (eight weeks).
    static let minimumSteps = 8
    static let maximumDays = 56

    /// Seconds of a step.
    let stepSeconds: Double
    /// Fine steps that make a coarse one.
    private let stride: Int
    private let day: Int
    private let fineStepSeconds: Double
    private var values: [Double] = []
    private var sum = 0.0
    private var known = 0
    private var elapsed = 0
    /// Mean square of a fine value's distance from its step's mean, over the last days.
    private var spread = 0.0
    private var pendingSquares = 0.0
    private var latest: LongForecast?

    init(fineStepSeconds: Double) {
        self.fineStepSeconds = fineStepSeconds
        stride = max(1, Int((LongLayer.leastStepSeconds / fineStepSeconds).rounded()))
        stepSeconds = Double(stride) * fineStepSeconds
        day = max(1, Int((86_400 / stepSeconds).rounded()))
    }

    mutating func observe(_ value: Double) {
        if value.isFinite, abs(value) <= SignalWindow.largest {
            sum += value
            pendingSquares += value * value
            known += 1
        }
        elapsed += 1
        guard elapsed == stride else { return }
        let mean = known > 0 ? sum / Double(known) : .nan
        if known > 1 {
            let square = max(0, pendingSquares / Double(known) - mean * mean)
            spread += (square - spread) / Double(min(values.count + 1, 2 * day))
        }
        values.append(mean)
        if values.count > 2 * LongLayer.maximumDays * day { values.removeFirst(LongLayer.maximumDays * day) }
        (sum, pendingSquares, known, elapsed) = (0, 0, 0, 0)
        latest = nil
    }

    /// Makes the forecast anew where a step has been completed since the last one, or where it does not reach far enough.
    mutating func refresh(horizonSeconds: Double) {
        let horizon = Int((horizonSeconds / stepSeconds).rounded(.up)) + 2
        guard values.count >= LongLayer.minimumSteps, (latest?.mean.count ?? 0) < horizon else { return }
        latest = LongForecaster(season: day).forecast(values, horizon: horizon)
    }

    var isReady: Bool { latest != nil }
    var weights: [(model: String, weight: Double)] { latest?.weights ?? [] }

    /// The value that the signal stays under with a probability, at some seconds from now; nil beyond what ``refresh(horizonSeconds:)`` made.
    ///
    /// A step's mean stands for its middle; between middles the path is a straight line. Single values lie around the mean by the spread
    /// that they had within their steps.
    func path(_ probability: Double) -> (Double) -> Double? {
        guard let latest, let last = values.last(where: \.isFinite) else { return { _ in nil } }
        let mean = [last] + latest.mean
        let quantile = [last] + latest.path(probability)
        let noise = NormalDistribution.quantile(probability) * spread.squareRoot()
        let since = Double(elapsed) * fineStepSeconds
        let step = stepSeconds
        return { seconds in
            let place = max(0, (since + seconds) / step + 0.5)
            let low = Int(min(place, 1e9))
            guard low + 1 < mean.count else { return nil }
            let share = place - Double(low)
            func between(_ path: [Double]) -> Double { path[low] + (path[low + 1] - path[low]) * share }
            let middle = between(mean)
            let distance = between(quantile) - middle
            let size = (distance * distance + noise * noise).squareRoot()
            return middle + (probability < 0.5 ? -size : size) * (probability == 0.5 ? 0 : 1)
        }
    }
}
