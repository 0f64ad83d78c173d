import Telemetry

extension WindowFunction {
    /// All functions of windows, by name.
    static let table: [String: WindowFunction] = rates.merging(overTime) { first, _ in first }

    private static let rates: [String: WindowFunction] = [
        "rate": extrapolated(counter: true, perSecond: true),
        "increase": extrapolated(counter: true, perSecond: false),
        "delta": extrapolated(counter: false, perSecond: false),
        "irate": ofLastTwo(counter: true),
        "idelta": ofLastTwo(counter: false),
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
        "changes": WindowFunction(histograms: { window, _ in .number(window.changesWithHistograms) }) { window, _ in
            window.pairs { $0 != $1 && !($0.isNaN && $1.isNaN) }
        },
        "resets": WindowFunction(histograms: { window, _ in .number(window.resetsWithHistograms) }) { window, _ in
            window.resets
        },
    ]

    private static func extrapolated(counter: Bool, perSecond: Bool) -> WindowFunction {
        WindowFunction(
            wantsCounter: counter,
            histograms: { window, notes in
                HistogramRates.extrapolated(window, counter: counter, perSecond: perSecond, notes: &notes)
            },
            sliding: { columns, timeline, bounds, _ in
                SlidingRates(counter: counter, perSecond: perSecond).values(columns, &timeline, bounds)
            },
            { window, _ in Rates.extrapolated(window, counter: counter, perSecond: perSecond) })
    }

    private static func ofLastTwo(counter: Bool) -> WindowFunction {
        WindowFunction(
            wantsCounter: counter,
            histograms: { window, notes in HistogramRates.ofLastTwo(window, counter: counter, notes: &notes) },
            { window, _ in Rates.ofLastTwo(window, counter: counter) })
    }

    private static let overTime: [String: WindowFunction] = [
        "avg_over_time": WindowFunction(histograms: { HistogramRates.sum($0, isMean: true, notes: &$1) }) { window, _ in
            var mean = MeanAccumulator()
            for index in window.range { mean.add(window.columns.values[index]) }
            return mean.value
        },
        "sum_over_time": WindowFunction(histograms: { HistogramRates.sum($0, isMean: false, notes: &$1) }) { window, _ in
            var sum = KahanSum()
            for index in window.range { sum.add(window.columns.values[index]) }
            return sum.value
        },
        "min_over_time": WindowFunction { window, _ in window.columns.values[window.extreme { $0 < $1 }] },
        "max_over_time": WindowFunction { window, _ in window.columns.values[window.extreme { $0 > $1 }] },
        "count_over_time": WindowFunction(histograms: { window, _ in .number(Double(window.count)) }) { window, _ in
            Double(window.count)
        },
        "present_over_time": WindowFunction(histograms: { _, _ in .number(1) }) { _, _ in 1 },
        "last_over_time": WindowFunction(
            keepsName: true, histograms: { window, _ in window.sample(window.range.upperBound - 1) }, { window, _ in window.last }
        ),
        "first_over_time": WindowFunction(
            keepsName: true, histograms: { window, _ in window.sample(window.range.lowerBound) }, { window, _ in window.first }),
        "stdvar_over_time": WindowFunction { window, _ in window.variance },
        "stddev_over_time": WindowFunction { window, _ in window.variance.squareRoot() },
        "quantile_over_time": WindowFunction(
            before: 1, sliding: { columns, timeline, _, scalars in SlidingQuantile.values(columns, &timeline, scalars) }
        ) { window, arguments in
            Quantile.of(Array(window.columns.values[window.range]), arguments[0])
        },
        "mad_over_time": WindowFunction { window, _ in
            let values = Array(window.columns.values[window.range])
            guard !values.contains(where: \.isNaN) else { return .nan }
            let median = Quantile.of(values, 0.5)
            return Quantile.of(values.map { ($0 - median).magnitude }, 0.5)
        },
        "ts_of_last_over_time": WindowFunction(
            histograms: { window, _ in .number(Double(window.lastTime) / 1000) }, { window, _ in Double(window.lastTime) / 1000 }),
        "ts_of_first_over_time": WindowFunction(
            histograms: { window, _ in .number(Double(window.firstTime) / 1000) },
            { window, _ in Double(window.firstTime) / 1000 }),
        "ts_of_min_over_time": WindowFunction { window, _ in
            Double(window.columns.timestamps[window.extreme { $0 <= $1 }]) / 1000
        },
        "ts_of_max_over_time": WindowFunction { window, _ in
            Double(window.columns.timestamps[window.extreme { $0 >= $1 }]) / 1000
        },
    ]
}
