internal import Glibc

/// How requests slow down as a container fills up: latency = least + wait x r / (1 - r), r being the load over the most that it could ever
/// serve. The load at which latency ceases to be acceptable follows.
///
/// Exact for a single queue with random arrivals, at any quantile of the time that requests take, and near enough for several workers. Where
/// latency has not been seen to rise there is nothing to learn from it, and it bounds nothing.
struct LatencyLaw {
    /// Stretches of load that latencies are averaged over.
    private static let bins = 24
    /// Loads that a container could serve at most, as multiples of what was seen.
    private static let mostFactors: [Double] = (0..<60).map { 1.005 * exp(Double($0) * 0.06) }
    /// Latency has to have risen by so much before the law says anything.
    static let leastRise = 1.3
    static let leastSteps = 60

    private struct Cell {
        var count = 0.0
        var logarithm = 0.0
        var load = 0.0
    }

    private struct Curve {
        var least: Double
        var wait: Double
        var most: Double

        func load(at latency: Double) -> Double {
            let room = latency - least
            guard room > 0 else { return .nan }
            return wait > 0 ? most * room / (room + wait) : .nan
        }
    }

    /// Sums by stretch of time and of load.
    private let blocks: [[Cell]]
    private let highest: Double

    init(loads: [Double], latencies: [Double]) {
        let points = zip(loads, latencies).enumerated().compactMap { index, pair -> (Double, Double, Int)? in
            guard pair.0.isFinite, pair.1.isFinite, pair.0 > 0, pair.0 < 1e12, pair.1 > 0, pair.1 < 1e6 else { return nil }
            return (pair.0, pair.1, index / BlockBootstrap.blockSteps)
        }
        let sorted = points.map(\.0).sorted()
        highest = sorted.last ?? 0
        guard points.count >= LatencyLaw.leastSteps else {
            blocks = []
            return
        }
        // As many points in each stretch of load: edges at the quantiles.
        let edges = (1..<LatencyLaw.bins).map { sorted[$0 * sorted.count / LatencyLaw.bins] }
        var cells: [Int: [Cell]] = [:]
        for (load, latency, block) in points {
            let bin = edges.firstIndex { load < $0 } ?? edges.count
            var row = cells[block] ?? [Cell](repeating: Cell(), count: LatencyLaw.bins)
            row[bin].count += 1
            row[bin].logarithm += log(latency)
            row[bin].load += load
            cells[block] = row
        }
        blocks = cells.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Latency of the quietest stretch, and whether it has risen from there.
    var range: (least: Double, hasRisen: Bool)? {
        let all = sums([Double](repeating: 1, count: blocks.count)).filter { $0.count > 0 }
        guard let first = all.first, let last = all.last, all.count >= 3 else { return nil }
        let least = exp(first.logarithm / first.count)
        return (least, exp(last.logarithm / last.count) > LatencyLaw.leastRise * least)
    }

    /// The load at which latency comes to be `limit`; nil where that can't be told.
    func capacity(limit: Double) -> (low: Double, median: Double, high: Double)? {
        guard let range, range.hasRisen, limit > range.least else { return nil }
        var bootstrap = BlockBootstrap()
        let drawn = (0..<BlockBootstrap.draws).map { _ -> Double in
            fit(sums(bootstrap.draw(of: blocks.count)))?.load(at: limit) ?? .nan
        }
        return BlockBootstrap.quantiles(drawn)
    }

    private func sums(_ times: [Double]) -> [Cell] {
        var sums = [Cell](repeating: Cell(), count: LatencyLaw.bins)
        for (row, times) in zip(blocks, times) where times > 0 {
            for index in row.indices {
                sums[index].count += times * row[index].count
                sums[index].logarithm += times * row[index].logarithm
                sums[index].load += times * row[index].load
            }
        }
        return sums
    }

    /// The curve nearest to the points in relative terms: for each most load the other two follow by least squares.
    private func fit(_ cells: [Cell]) -> Curve? {
        let points = cells.filter { $0.count > 0 }.map {
            (load: $0.load / $0.count, latency: exp($0.logarithm / $0.count), weight: $0.count)
        }
        guard points.count >= 3 else { return nil }
        var best: (error: Double, curve: Curve)?
        for factor in LatencyLaw.mostFactors {
            let curve = LatencyLaw.curve(points, most: highest * factor)
            var error = 0.0
            for point in points {
                let share = point.load / curve.most
                let relative = log((curve.least + curve.wait * share / (1 - share)) / point.latency)
                error += point.weight * relative * relative
            }
            if error.isFinite, error < best?.error ?? .infinity { best = (error, curve) }
        }
        return best?.curve
    }

    private static func curve(_ points: [(load: Double, latency: Double, weight: Double)], most: Double) -> Curve {
        var (n, x, y, xx, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let share = point.load / most
            let wait = share / (1 - share)
            // Errors are relative: a slow minute varies by more.
            let weight = point.weight / (point.latency * point.latency)
            n += weight
            x += weight * wait
            y += weight * point.latency
            xx += weight * wait * wait
            xy += weight * wait * point.latency
        }
        let determinant = n * xx - x * x
        guard determinant > 1e-12 * n * xx else { return Curve(least: y / n, wait: 0, most: most) }
        let wait = (n * xy - x * y) / determinant
        let least = (xx * y - x * xy) / determinant
        if wait <= 0 { return Curve(least: y / n, wait: 0, most: most) }
        return least > 0 ? Curve(least: least, wait: wait, most: most) : Curve(least: 0, wait: xy / xx, most: most)
    }
}
