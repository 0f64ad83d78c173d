/// How forecasts of one lead turn out: each waits until its truth is known, and error and coverage are kept over about the last week.
struct LeadLedger: Sendable {
    private struct Pending: Sendable {
        var due: Int
        var median: Double
        var bounds: ClosedRange<Double>
    }

    /// Forecasts that wait at most.
    static let maximumPending = 4096
    /// Truths that the recent coverage rests on: four hours of minutes.
    static let recentTruths = 240.0

    private let lead: Int
    private let memory: Double
    private var pending: [Pending] = []
    private(set) var meanAbsoluteError = 0.0
    private(set) var coverage = 0.0
    /// Coverage over about the last ``recentTruths``.
    private(set) var recentCoverage = 0.0
    private(set) var count = 0

    /// - Parameters:
    ///   - lead: steps between a forecast and its truth.
    ///   - week: steps of a week.
    init(lead: Int, week: Int) {
        self.lead = max(1, lead)
        memory = Double(max(1, week))
    }

    mutating func note(median: Double, bounds: ClosedRange<Double>, at step: Int) {
        if let last = pending.last, last.due >= step + lead { return }
        if pending.count >= LeadLedger.maximumPending { pending.removeFirst() }
        pending.append(Pending(due: step + lead, median: median, bounds: bounds))
    }

    /// Takes the value of a step; one that is no finite number settles its forecast without a count.
    mutating func learn(_ truth: Double, at step: Int) {
        while let first = pending.first, first.due <= step {
            pending.removeFirst()
            guard first.due == step, truth.isFinite else { continue }
            count += 1
            let share = 1 / min(Double(count), memory)
            meanAbsoluteError += (abs(truth - first.median) - meanAbsoluteError) * share
            let held = first.bounds.contains(truth) ? 1.0 : 0
            coverage += (held - coverage) * share
            recentCoverage += (held - recentCoverage) / min(Double(count), LeadLedger.recentTruths)
        }
    }
}
