import Telemetry

/// The samples of one series in one window, and the window's own bounds.
struct Window {
    /// All samples of the series that the query touches, without stale markers.
    var columns: SampleColumns
    /// Which of them stand in the window. Never empty.
    var range: Range<Int>
    /// When the window begins (not part of it) and ends (part of it).
    var start: Milliseconds
    var end: Milliseconds
    /// The time for which the result counts.
    var evaluationTime: Milliseconds

    var count: Int { range.count }
    var first: Double { columns.values[range.lowerBound] }
    var last: Double { columns.values[range.upperBound - 1] }
    var firstTime: Milliseconds { columns.timestamps[range.lowerBound] }
    var lastTime: Milliseconds { columns.timestamps[range.upperBound - 1] }
    /// The window's length in seconds.
    var seconds: Double { Double(end - start) / 1000 }
}

/// A function of the samples in a window.
struct WindowFunction: Sendable {
    /// Computes one result; ``Swift/Double/absent`` where there is none.
    typealias Body = @Sendable (borrowing Window, [Double]) throws(PromQLError) -> Double

    /// Computes one result of a window in which histograms stand, some or all; nil where there is none. Functions that have no such
    /// body look at the floats alone.
    typealias HistogramBody = @Sendable (borrowing Window, inout [HistogramNote]) -> SampleValue?

    /// Computes what `body` would give for each step; nil where it can't for this series.
    typealias SlidingBody = @Sendable (SampleColumns, inout WindowTimeline, WindowBounds, [[Double]]) -> [Double]?

    var scalarsBefore: [ValueType] = []
    var scalarsAfter: [ValueType] = []
    /// Whether results keep the metric's name.
    var keepsName = false
    /// Whether only counters make sense.
    var wantsCounter = false
    /// What is done with windows that hold histograms.
    var histograms: HistogramBody?
    /// All windows of a series of floats at once, where that is cheaper; see ``SlidingBody``.
    var sliding: SlidingBody?
    /// The floats of a window to a float.
    let body: Body

    init(
        before: Int = 0, after: Int = 0, keepsName: Bool = false, wantsCounter: Bool = false, histograms: HistogramBody? = nil,
        sliding: SlidingBody? = nil, _ body: @escaping Body
    ) {
        self.histograms = histograms
        self.sliding = sliding
        scalarsBefore = Array(repeating: .scalar, count: before)
        scalarsAfter = Array(repeating: .scalar, count: after)
        self.keepsName = keepsName
        self.wantsCounter = wantsCounter
        self.body = body
    }
}

extension Window {
    /// How often a counter began again.
    var resets: Double {
        guard !columns.startTimestamps.isEmpty else { return pairs { $1 < $0 } }
        return Double(
            range.dropFirst().count { columns.values[$0] < columns.values[$0 - 1] || columns.startsAgain(at: $0) })
    }

    /// One sample, whatever it is. Only for windows with histograms.
    borrowing func sample(_ index: Int) -> SampleValue {
        columns.histograms[index].map(SampleValue.histogram) ?? .number(columns.values[index])
    }

    /// How many neighbours differ, in kind or in value.
    var changesWithHistograms: Double {
        Double(
            range.dropFirst().count { index in
                switch (sample(index - 1), sample(index)) {
                case (.number(let before), .number(let now)): before != now && !(before.isNaN && now.isNaN)
                case (.histogram(let before), .histogram(let now)): !now.hasSameContent(as: before)
                default: true
                }
            })
    }

    /// How often a counter began again; a change of kind is a new beginning.
    var resetsWithHistograms: Double {
        Double(
            range.dropFirst().count { index in
                switch (sample(index - 1), sample(index)) {
                case (.number(let before), .number(let now)): now < before
                case (.histogram(let before), .histogram(let now)): now.isReset(after: before)
                default: true
                }
            })
    }

    /// How many neighbours differ in a way.
    borrowing func pairs(_ differ: (Double, Double) -> Bool) -> Double {
        var count = 0
        for index in range.dropFirst() where differ(columns.values[index - 1], columns.values[index]) { count += 1 }
        return Double(count)
    }

    /// Index of the value that beats all others; anything beats NaN.
    borrowing func extreme(_ beats: (Double, Double) -> Bool) -> Int {
        var best = range.lowerBound
        for index in range.dropFirst()
        where beats(columns.values[index], columns.values[best]) || columns.values[best].isNaN {
            best = index
        }
        return best
    }

    /// Population variance, by Welford's method with compensated sums.
    var variance: Double {
        var count = 0.0
        var mean = KahanSum()
        var squares = KahanSum()
        for index in range {
            count += 1
            let value = columns.values[index]
            let delta = value - mean.value
            mean.add(delta / count)
            squares.add(delta * (value - mean.value))
        }
        return squares.value / count
    }
}
