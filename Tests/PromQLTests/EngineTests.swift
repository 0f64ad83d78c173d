import PromQL
import Synchronization
import Telemetry
import Testing

@Suite struct EngineTests {
    private static func columns(_ count: Int, step: Milliseconds = 1000) -> SampleColumns {
        SampleColumns(timestamps: (0..<count).map { Milliseconds($0) * step }, values: (0..<count).map(Double.init))
    }

    private static func source(series: Int = 3, samples: Int = 600) -> MemorySource {
        MemorySource(
            (0..<series).map { (Labels([Label("__name__", "x_total"), Label("i", "\($0)")]), columns(samples)) })
    }

    @Test("A range query reads each series once, however many steps it has")
    func readsOnce() throws {
        let source = Self.source()
        _ = try PromQLEngine(source: source).range("sum(rate(x_total[1m]))", from: 0, through: 500_000, step: 1000)
        #expect(source.readCount.load(ordering: .relaxed) == 3)
    }

    @Test("Queries of any type are answered in their own shape")
    func shapes() throws {
        let engine = PromQLEngine(source: Self.source(series: 1, samples: 3))
        #expect(try engine.instant("1 + 1", at: 5000).value == .scalar(Sample(5000, 2)))
        #expect(try engine.instant("\"a\"", at: 5000).value == .string(5000, "a"))
        let labels: Labels = ["__name__": "x_total", "i": "0"]
        #expect(
            try engine.instant("x_total", at: 5000).value == .vector([VectorElement(labels: labels, timestamp: 5000, value: 2)]))
        #expect(
            try engine.instant("x_total[2s]", at: 2000).value
                == .matrix([MatrixSeries(labels: labels, columns: SampleColumns(timestamps: [1000, 2000], values: [1, 2]))]))
        #expect(
            try engine.range("1", from: 0, through: 1000, step: 500).value
                == .matrix([MatrixSeries(labels: .empty, columns: SampleColumns(timestamps: [0, 500, 1000], values: [1, 1, 1]))]))
    }

    /// Twenty series of 600 samples at 1,000 steps: 12,000 samples read, 24,000 bytes; each row is 8,000 bytes and its labels.
    @Test(
        "A query is stopped by the bytes it reads and by the memory it needs",
        arguments: [
            ("sum(x_total)", 0, 24_000, nil), ("sum(x_total)", 0, 23_999, "reads more than"),
            ("x_total", 120_000, .max, "needs more than"), ("x_total", 400_000, .max, nil),
            ("topk(1, x_total)", 120_000, .max, "needs more than"), ("-x_total", 120_000, .max, "needs more than"),
            ("sum(x_total)", 60_000, .max, nil), ("sum by (i) (x_total)", 120_000, .max, "needs more than"),
            ("count_values(\"v\", x_total)", 120_000, .max, "needs more than"),
            ("x_total + x_total", 400_000, .max, "needs more than"), ("x_total + x_total", 700_000, .max, nil),
            ("label_replace(x_total, \"i\", \"$1\", \"i\", \"(.*)\")", 120_000, .max, "needs more than"),
        ] as [(String, Int, Int, String?)])
    func budget(query: String, memory: Int, bytes: Int, complaint: String?) throws {
        var options = PromQLEngine.Options()
        options.maximumBytes = bytes
        if memory > 0 { options.maximumMemoryBytes = memory }
        let engine = PromQLEngine(source: Self.source(series: 20), options: options)
        do {
            _ = try engine.range(query, from: 0, through: 999_000, step: 1000)
            #expect(complaint == nil)
        } catch {
            #expect(error.code == .limit && complaint.map { error.message.contains($0) } == true, "\(error)")
        }
    }

    @Test("A query that wants more than it may have is stopped with a clear error")
    func limits() throws {
        var options = PromQLEngine.Options()
        options.maximumSamples = 1000
        options.maximumSeries = 2
        options.maximumSteps = 100
        options.deadline = nil
        let few = PromQLEngine(source: Self.source(series: 2, samples: 400), options: options)
        let many = PromQLEngine(source: Self.source(series: 3, samples: 4), options: options)
        func code(_ body: () throws -> Void) -> PromQLError.Code? {
            do { try body() } catch { return (error as? PromQLError)?.code }
            return nil
        }
        #expect(code { _ = try few.instant("sum(rate(x_total[100s]))", at: 300_000) } == nil)
        #expect(code { _ = try few.instant("sum_over_time(rate(x_total[200s])[1h:1s])", at: 300_000) } == .limit)
        #expect(code { _ = try many.instant("x_total", at: 1000) } == .limit)
        #expect(code { _ = try few.range("1", from: 0, through: 100_000, step: 1000) } == .limit)
        #expect(code { _ = try few.range("1", from: 0, through: 99_000, step: 1000) } == nil)
        #expect(code { _ = try few.instant("min_over_time(vector(1)[1y:1ms])", at: 0) } == .limit)
        options.deadline = .zero
        let late = PromQLEngine(source: Self.source(series: 1), options: options)
        #expect(code { _ = try late.instant("x_total", at: 1000) } == .timeout)
    }

    @Test(
        "Times and durations at the edge of their range are answered or refused, never fatal",
        arguments: [
            "x_total[292y]", "x_total offset 290y", "x_total @ 9e12", "x_total[5s/(1-1)]", "x_total[step()]",
            "rate(x_total[0.0001])",
            "rate(x_total[1m:0.0001])", "max_over_time(x_total[1y:1y])", "topk(1e18, x_total)", "topk(Inf, x_total)",
            "year(x_total*1e300)",
            "round(x_total, 0)", "x_total % 0", "histogram_quantile(0.5, x_total)", "count_values(\"\", x_total)",
            "bottomk(-1, x_total)",
            "label_replace(x_total, \"a\", \"$9${i}$\", \"i\", \"(.*)\")", "label_replace(x_total, \"a\", \"\", \"i\", \"a)(b\")",
            "double_exponential_smoothing(x_total[1m], 2, 0.5)", "x_total smoothed", "increase(x_total[292y] anchored)",
            "rate(x_total[1m] smoothed)", "resets(x_total[1m] smoothed)", "limitk(Inf, x_total)", "limitk(1e18, x_total)",
            "limit_ratio(NaN, x_total)", "limit_ratio(Inf, x_total)", "info(x_total, {})", "info(x_total, {__name__!=\"\"})",
            "histogram_quantiles(x_total, \"\", 0.5)", "histogram_quantiles(x_total, \"le\", 0.5, NaN)", "x_total </ NaN",
            "start_timestamp(x_total)", "x_total + fill(NaN) nothing", "nothing + on (i) group_right fill_left(1) x_total",
        ])
    func edges(query: String) throws {
        let engine = PromQLEngine(source: Self.source())
        for time in [0, 60_000, .min, .max, -1] as [Milliseconds] {
            do { _ = try engine.instant(query, at: time) } catch { #expect(!error.message.isEmpty) }
        }
        do { _ = try engine.range(query, from: 0, through: 60_000, step: 7) } catch { #expect(!error.message.isEmpty) }
        do { _ = try engine.range(query, from: .min, through: .max, step: 1) } catch {
            #expect(error.code == .limit || error.code == .parse)
        }
    }

    @Test("What is doubtful is noted with its place")
    func notes() throws {
        let source = MemorySource([(["__name__": "temperature"], Self.columns(60))])
        let result = try PromQLEngine(source: source).instant("rate(temperature[1m])", at: 50_000)
        #expect(result.warnings.isEmpty)
        #expect(result.infos.count == 1)
        #expect(result.infos.first?.hasSuffix("\"temperature\" (1:6)") == true)
    }

    @Test(
        "Numbers print without exponents",
        arguments: [
            (1e20, "100000000000000000000"), (1e-7, "0.0000001"), (-1.5e-5, "-0.000015"), (0.1, "0.1"), (-.infinity, "-Inf"),
            (1.5e18, "1500000000000000000"), (123.25, "123.25"), (.nan, "NaN"), (-0.0, "-0"),
        ])
    func numbers(value: Double, text: String) { #expect(NumberText.format(value) == text) }
}
