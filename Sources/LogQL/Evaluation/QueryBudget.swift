import Telemetry

/// What a query has used of what it may use.
final class QueryBudget {
    private let options: LogQLEngine.Options
    private(set) var statistics = LogQLStatistics()
    private var samples = 0
    private var untilClockCheck = 0

    init(_ options: LogQLEngine.Options) {
        self.options = options
    }

    /// Counts a line that was looked at.
    func charge(line: ArraySlice<UInt8>) throws(LogQLError) {
        statistics.linesRead += 1
        statistics.bytesRead += line.count
        if statistics.bytesRead > options.maximumBytes {
            throw LogQLError(
                .limit,
                "the query read more than \(options.maximumBytes) bytes of lines: narrow its selector or its time range")
        }
        try checkClock()
    }

    /// Counts lines of which only the times, or some fields, were read.
    func chargeCounts(_ lines: Int) throws(LogQLError) {
        statistics.linesCounted += lines
        untilClockCheck -= lines
        try checkClock()
    }

    /// Counts lines that passed all stages.
    func passed(_ lines: Int = 1) { statistics.linesPassed += lines }

    /// Counts samples kept in memory.
    func chargeSamples(_ count: Int) throws(LogQLError) {
        samples += count
        if samples > options.maximumSamples {
            throw LogQLError(
                .limit, "the query holds more than \(options.maximumSamples) samples: narrow its selector or its time range")
        }
    }

    /// Fails once the deadline has passed; looks at the clock now and then.
    func checkClock() throws(LogQLError) {
        untilClockCheck -= 1
        guard untilClockCheck < 0, let deadline = options.deadline else { return }
        untilClockCheck = 1_000
        if ContinuousClock.now >= deadline {
            throw LogQLError(.timeout, "the query took longer than allowed: narrow its selector or its time range")
        }
    }
}
