internal import Telemetry

/// What is kept of the samples of one bucket of time, and of a counter's rise within it.
///
/// Two that follow each other add up to what all their samples together would give, but for the rounding of sums.
struct SampleAggregate: Sendable, Equatable {
    private(set) var firstTime: Milliseconds
    private(set) var lastTime: Milliseconds
    private(set) var first: Double
    private(set) var last: Double
    /// NaN only where all are.
    private(set) var least: Double
    private(set) var greatest: Double
    private(set) var count: Double = 1
    /// What the counter held whenever it was about to begin again, summed up. With it, `last - first` is the counter's rise.
    private(set) var beforeResets = 0.0
    /// The first value after the last reset, and when that was. The time is the first sample's where there was none.
    private(set) var restart = 0.0
    private(set) var restartTime: Milliseconds
    private var sumSoFar: Double
    /// What rounding took from the sum (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen").
    private var lost = 0.0

    init(_ value: Double, at time: Milliseconds) {
        (firstTime, lastTime, restartTime) = (time, time, time)
        (first, last, least, greatest, sumSoFar) = (value, value, value, value, value)
    }

    /// As it was written down.
    init(
        times: ClosedRange<Milliseconds>, first: Double, last: Double, least: Double, greatest: Double, sum: Double,
        count: Double,
        beforeResets: Double, restart: Double, restartTime: Milliseconds
    ) {
        (firstTime, lastTime) = (times.lowerBound, times.upperBound)
        (self.first, self.last, self.least, self.greatest, self.count) = (first, last, least, greatest, count)
        (self.beforeResets, self.restart, self.restartTime) = (beforeResets, restart, restartTime)
        sumSoFar = sum
    }

    var sum: Double { sumSoFar.isFinite ? sumSoFar + lost : sumSoFar }
    var hasResets: Bool { restartTime > firstTime }
    /// It tells that a series was gone, and holds no sample.
    var isStaleMarker: Bool { last.bitPattern == SampleBatch.staleMarker.bitPattern }

    /// Takes in what follows.
    mutating func add(_ later: SampleAggregate) {
        if later.first < last {
            beforeResets += last
            (restart, restartTime) = (later.first, later.firstTime)
        }
        if later.hasResets {
            beforeResets += later.beforeResets
            (restart, restartTime) = (later.restart, later.restartTime)
        }
        (last, lastTime) = (later.last, later.lastTime)
        if later.least < least || least.isNaN { least = later.least }
        if later.greatest > greatest || greatest.isNaN { greatest = later.greatest }
        count += later.count
        add(later.sumSoFar)
        lost += later.lost
    }

    private mutating func add(_ term: Double) {
        let next = sumSoFar + term
        if !next.isFinite {
            lost = 0
        } else if sumSoFar.magnitude >= term.magnitude {
            lost += (sumSoFar - next) + term
        } else {
            lost += (term - next) + sumSoFar
        }
        sumSoFar = next
    }
}
