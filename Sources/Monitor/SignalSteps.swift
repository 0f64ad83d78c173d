import Telemetry

/// The samples of a series on the even steps that follow those already taken, each step the mean of its samples.
struct SignalSteps {
    /// The values of the steps, NaN where there is no sample.
    let values: [Double]
    /// End of the last step.
    let end: Milliseconds
    /// Time of the newest sample; nil where there is none.
    let newest: Milliseconds?

    /// A turn that comes early by no more than this share of a step takes the step all the same.
    private static let tolerance = 0.1

    /// - Parameters:
    ///   - until: end of the steps taken before.
    ///   - isFirst: steps before the first sample are left out.
    init(
        _ reader: any SeriesReader, after until: Milliseconds, now: Milliseconds, stepSeconds: Double, isFirst: Bool
    ) throws {
        let step = max(1, Milliseconds((stepSeconds * 1000).rounded()))
        let count = Int((Double(now - until) / Double(step) + SignalSteps.tolerance).rounded(.down))
        guard count > 0 else {
            (values, end, newest) = ([], until, nil)
            return
        }
        end = until + Milliseconds(count) * step
        var columns = SampleColumns()
        if until < now { try reader.read(until + 1...now, into: &columns) }
        var sums = [Double](repeating: 0, count: count)
        var counts = [Int](repeating: 0, count: count)
        var first: Int?
        for (time, value) in zip(columns.timestamps, columns.values) where value.isFinite {
            let place = Int((time - until - 1) / step)
            guard place < count else { continue }
            first = first ?? place
            sums[place] += value
            counts[place] += 1
        }
        newest = columns.timestamps.last
        let begin = isFirst ? first ?? count : 0
        values = (begin..<count).map { counts[$0] > 0 ? sums[$0] / Double(counts[$0]) : .nan }
    }
}
