import Foundation
import TestKit

/// Series and queries over them, at random, on which Prometheus 2 and 3 agree.
///
/// Samples stand 3.217 s behind multiples of the scrape interval and queries are asked for whole seconds, so no sample lies on the bound of a
/// range, which 2.x takes in and 3.x leaves out. Left out is what they differ on: `atan2`, which keeps the metric's name in 2.x; a
/// comparison of many to one without a group, which 2.x finds fault with only where two of its results are left. So is what hangs on the
/// machine: the calendar of NaN. Counters begin far above zero and fall to a tenth of what they were, as both extend
/// a counter near its zero differently.
struct RandomQuery {
    static let interval = 15_000
    static let offset = 3217
    /// Samples of a series that misses none.
    static let samples = 480

    private var random: SeededGenerator
    private var depth = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    // MARK: - Series

    /// - Parameter start: in milliseconds, a multiple of the interval.
    mutating func series(from start: Int) -> [(labels: [String: String], samples: [(Int, Double)])] {
        var all: [(labels: [String: String], samples: [(Int, Double)])] = []
        for a in ["x", "y"] {
            all.append((["__name__": "info", "a": a, "version": "v\(a)"], samples(from: start) { _, _ in 1 }))
            for b in ["1", "2", "3"] {
                all.append((["__name__": "c_total", "a": a, "b": b], counter(from: start)))
                all.append(
                    (["__name__": "g", "a": a, "b": b], samples(from: start) { _, random in RandomQuery.gauge(&random) }))
                if b != "3" { all += histogram(["a": a, "b": b], from: start) }
            }
        }
        return all
    }

    private static func gauge(_ random: inout SeededGenerator) -> Double {
        (Double.random(in: -100...1000, using: &random) * 100).rounded() / 100
    }

    private mutating func samples(
        from start: Int, _ value: (Int, inout SeededGenerator) -> Double
    ) -> [(Int, Double)] {
        var gap = 0
        var found: [(Int, Double)] = []
        for index in 0..<RandomQuery.samples {
            if Int.random(in: 0..<80, using: &random) == 0 { gap = Int.random(in: 1...40, using: &random) }
            let next = value(index, &random)
            gap -= 1
            if gap < 0 { found.append((start + index * RandomQuery.interval + RandomQuery.offset, next)) }
        }
        return found
    }

    private mutating func counter(from start: Int) -> [(Int, Double)] {
        var total = 1e7
        return samples(from: start) { _, random in
            total += Double(Int.random(in: 0...500, using: &random))
            if Int.random(in: 0..<200, using: &random) == 0 { total = (total / 10).rounded() }
            return total
        }
    }

    private mutating func histogram(
        _ labels: [String: String], from start: Int
    ) -> [(labels: [String: String], samples: [(Int, Double)])] {
        let bounds = ["0.1", "1", "10", "+Inf"]
        var counts = [Double](repeating: 1e6, count: bounds.count)
        var rows: [[Double]] = []
        for _ in 0..<RandomQuery.samples {
            for place in counts.indices { counts[place] += Double(Int.random(in: 0...30, using: &random)) }
            rows.append(counts)
        }
        return bounds.enumerated().map { place, bound in
            let values = rows.map { $0[...place].reduce(0, +) }
            let series = values.enumerated().map { (start + $0.offset * RandomQuery.interval + RandomQuery.offset, $0.element) }
            return (labels.merging(["__name__": "h_bucket", "le": bound]) { $1 }, series)
        }
    }

    // MARK: - Queries

    /// A query that gives a vector.
    mutating func next() -> String {
        depth = 0
        return vector()
    }

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }

    private mutating func vector() -> String {
        depth += 1
        defer { depth -= 1 }
        switch Int.random(in: 0..<(depth > 3 ? 3 : 10), using: &random) {
        case 0: return selector()
        case 1, 2: return overTime()
        case 3: return "\(pick(elementwise))(\(vector()))"
        case 4, 5: return aggregation()
        case 6: return binary()
        case 7: return scalarBinary()
        case 8:
            return
                "histogram_quantile(\(pick(["0.1", "0.5", "0.99"])), \(pick(["", "sum by (le, a) "]))(rate(h_bucket[\(range())])))"
        default: return special()
        }
    }

    private let elementwise = [
        "abs", "ceil", "floor", "sqrt", "sgn", "exp", "ln", "log2", "log10", "sin", "cos", "atan", "rad", "deg", "timestamp",
        "round", "-", "+", "absent",
    ]

    private mutating func selector() -> String {
        let matchers = pick(["", "{a=\"x\"}", "{b!=\"2\"}", "{b=~\"1|3\"}", "{a!~\"y.*\",b=\"1\"}", "{b=\"none\"}"])
        return pick(["c_total", "g", "g"]) + matchers + pick(["", "", "", " offset 5m", " offset -1m", " @ end()", " @ start()"])
    }

    private mutating func range() -> String { pick(["1m", "5m", "7m30s", "20m"]) }

    private mutating func window() -> String {
        let metric = pick(["c_total", "g"]) + pick(["", "{a=\"y\"}", "{b=~\"[12]\"}"])
        if Int.random(in: 0..<5, using: &random) == 0 {
            return "(\(pick(["rate(c_total[5m])", "g", "max(g)", "sum by (a) (g)"])))[\(range()):\(pick(["30s", "1m", "2m"]))]"
        }
        return "\(metric)[\(range())]" + pick(["", "", "", " offset 3m"])
    }

    private mutating func overTime() -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "quantile_over_time(\(pick(["0", "0.3", "0.9", "1"])), \(window()))"
        case 1: return "predict_linear(\(window()), \(pick(["60", "3600"])))"
        case 2: return "\(pick(["rate", "increase", "irate", "resets"]))(c_total[\(range())])"
        default:
            let name = pick([
                "avg", "min", "max", "sum", "count", "last", "present", "stddev", "stdvar", "absent",
            ])
            let others = pick(["delta", "idelta", "deriv", "changes"])
            return "\(Bool.random(using: &random) ? name + "_over_time" : others)(\(window()))"
        }
    }

    private mutating func grouping() -> String {
        pick(["", " by (a) ", " by (b) ", " without (b) ", " by (a, b) ", " by (none) "])
    }

    private mutating func aggregation() -> String {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return "\(pick(["topk", "bottomk"]))\(grouping())(\(pick(["1", "2", "5"])), \(selector()))"
        case 1: return "quantile\(grouping())(\(pick(["0.2", "0.5", "1"])), \(vector()))"
        case 2: return "count_values\(grouping())(\"v\", round(\(vector()), 100))"
        default: return "\(pick(["sum", "avg", "min", "max", "count", "stddev", "stdvar", "group"]))\(grouping())(\(vector()))"
        }
    }

    private mutating func binary() -> String {
        let op = pick(["+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">= bool", "<= bool", "and", "or", "unless"])
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where !["and", "or", "unless"].contains(op):
            return "\(selector()) \(op) on (a) \(pick(["group_left", "group_left (version)"])) info"
        case 1 where !op.contains(where: "=<>".contains):
            return "\(vector()) \(op) ignoring (b) \(vector())"
        default: return "(\(vector())) \(op) (\(vector()))"
        }
    }

    private mutating func scalarBinary() -> String {
        let op = pick(["+", "-", "*", "/", "%", ">", "<=", "!= bool", "== bool"])
        let scalar = pick(["2", "0.5", "100", "scalar(sum(g))", "time() % 7", "-1"])
        return Bool.random(using: &random)
            ? "(\(vector())) \(op) (\(scalar))" : "\(scalar.count > 4 ? "100" : scalar) \(op) (\(vector()))"
    }

    private mutating func special() -> String {
        switch Int.random(in: 0..<7, using: &random) {
        case 0: "label_replace(\(selector()), \"d\", \"$1-\", \"a\", \"(.).*\")"
        case 1: "label_join(\(selector()), \"d\", \"/\", \"a\", \"b\")"
        case 2: "clamp(\(vector()), \(pick(["-5", "100"])), \(pick(["50", "200"])))"
        case 3: "vector(\(pick(["time() % 100", "1", "scalar(g{a=\"x\",b=\"1\"})"])))"
        case 4: "clamp_min(\(vector()), 10)"
        case 5: "\(pick(["minute", "hour", "day_of_week", "day_of_month", "days_in_month", "month", "year"]))(c_total * 100)"
        default: "absent_over_time(g{b=\"\(pick(["1", "none"]))\"}[1m])"
        }
    }
}
