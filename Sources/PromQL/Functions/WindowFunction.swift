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

    var scalarsBefore: [ValueType] = []
    var scalarsAfter: [ValueType] = []
    /// Whether results keep the metric's name.
    var keepsName = false
    /// Whether only counters make sense.
    var wantsCounter = false
    let body: Body

    init(
        before: Int = 0, after: Int = 0, keepsName: Bool = false, wantsCounter: Bool = false, _ body: @escaping Body
    ) {
        scalarsBefore = Array(repeating: .scalar, count: before)
        scalarsAfter = Array(repeating: .scalar, count: after)
        self.keepsName = keepsName
        self.wantsCounter = wantsCounter
        self.body = body
    }

    static let table: [String: WindowFunction] = rates.merging(overTime) { first, _ in first }

    private static let rates: [String: WindowFunction] = [
        "rate": WindowFunction(wantsCounter: true) { window, _ in Rates.extrapolated(window, counter: true, perSecond: true) },
        "increase": WindowFunction(wantsCounter: true) { window, _ in
            Rates.extrapolated(window, counter: true, perSecond: false)
        },
        "delta": WindowFunction { window, _ in Rates.extrapolated(window, counter: false, perSecond: false) },
        "irate": WindowFunction(wantsCounter: true) { window, _ in Rates.ofLastTwo(window, counter: true) },
        "idelta": WindowFunction { window, _ in Rates.ofLastTwo(window, counter: false) },
        "deriv": WindowFunction { window, _ in
            window.count < 2 ? .absent : Regression(window, interceptAt: window.firstTime).slope
        },
        "predict_linear": WindowFunction(after: 1) { window, arguments in
            guard window.count >= 2 else { return .absent }
            let line = Regression(window, interceptAt: window.evaluationTime)
            return line.slope * arguments[0] + line.intercept
        },
        "double_exponential_smoothing": WindowFunction(after: 2) { (window, arguments) throws(PromQLError) in
            try Smoothing.doubleExponential(window, smoothing: arguments[0], trend: arguments[1])
        },
        "changes": WindowFunction { window, _ in
            window.pairs { $0 != $1 && !($0.isNaN && $1.isNaN) }
        },
        "resets": WindowFunction { window, _ in window.pairs { $1 < $0 } },
    ]

    private static let overTime: [String: WindowFunction] = [
        "avg_over_time": WindowFunction { window, _ in
            var mean = MeanAccumulator()
            for index in window.range { mean.add(window.columns.values[index]) }
            return mean.value
        },
        "sum_over_time": WindowFunction { window, _ in
            var sum = KahanSum()
            for index in window.range { sum.add(window.columns.values[index]) }
            return sum.value
        },
        "min_over_time": WindowFunction { window, _ in window.columns.values[window.extreme { $0 < $1 }] },
        "max_over_time": WindowFunction { window, _ in window.columns.values[window.extreme { $0 > $1 }] },
        "count_over_time": WindowFunction { window, _ in Double(window.count) },
        "present_over_time": WindowFunction { _, _ in 1 },
        "last_over_time": WindowFunction(keepsName: true) { window, _ in window.last },
        "first_over_time": WindowFunction(keepsName: true) { window, _ in window.first },
        "stdvar_over_time": WindowFunction { window, _ in window.variance },
        "stddev_over_time": WindowFunction { window, _ in window.variance.squareRoot() },
        "quantile_over_time": WindowFunction(before: 1) { window, arguments in
            Quantile.of(Array(window.columns.values[window.range]), arguments[0])
        },
        "mad_over_time": WindowFunction { window, _ in
            let values = Array(window.columns.values[window.range])
            guard !values.contains(where: \.isNaN) else { return .nan }
            let median = Quantile.of(values, 0.5)
            return Quantile.of(values.map { ($0 - median).magnitude }, 0.5)
        },
        "ts_of_last_over_time": WindowFunction { window, _ in Double(window.lastTime) / 1000 },
        "ts_of_first_over_time": WindowFunction { window, _ in Double(window.firstTime) / 1000 },
        "ts_of_min_over_time": WindowFunction { window, _ in
            Double(window.columns.timestamps[window.extreme { $0 <= $1 }]) / 1000
        },
        "ts_of_max_over_time": WindowFunction { window, _ in
            Double(window.columns.timestamps[window.extreme { $0 >= $1 }]) / 1000
        },
    ]
}

extension Window {
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
