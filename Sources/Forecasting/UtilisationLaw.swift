/// How much of a resource a request takes: use = base + cost x load, by which the load at a limit follows.
///
/// A processor does next to nothing without any load, so its base is drawn towards nothing; that is what makes sense of a history in which the
/// load hardly ever changed. Of memory, most of which is taken whatever is asked for, such a history tells nothing. Steps at the resource's end say nothing about cost, as use can't rise further, and are left out; a few
/// steps that are far off (a backup, a deployment) weigh little.
struct UtilisationLaw {
    /// Use from which on a resource is at its end.
    static let clipped = 0.95
    /// Spread that a base is expected to have around nothing.
    private static let baseSpread = 0.1
    /// Keeps the equations solvable.
    private static let leastPrecision = 1e-6
    /// Passes in which outliers are weighed down.
    private static let passes = 4
    /// Fewest steps that say anything.
    static let leastSteps = 30

    /// Sums of one stretch, or of all.
    private struct Sums {
        var weight = 0.0
        var load = 0.0
        var use = 0.0
        var loadLoad = 0.0
        var loadUse = 0.0

        mutating func add(_ other: Sums, times: Double) {
            weight += other.weight * times
            load += other.load * times
            use += other.use * times
            loadLoad += other.loadLoad * times
            loadUse += other.loadUse * times
        }
    }

    private struct Line {
        var base: Double
        var cost: Double
    }

    private let points: [(load: Double, use: Double, block: Int)]
    private let limit: Double
    private let expectsNoBase: Bool

    /// - Parameters:
    ///   - limit: use that is the end.
    ///   - expectsNoBase: whether the resource is idle without load.
    init(loads: [Double], uses: [Double], limit: Double, expectsNoBase: Bool) {
        self.limit = limit
        self.expectsNoBase = expectsNoBase
        points = zip(loads, uses).enumerated().compactMap { index, pair in
            guard pair.0.isFinite, pair.1.isFinite, pair.0 > 0, pair.1 >= 0, pair.1 < UtilisationLaw.clipped, pair.0 < 1e12 else {
                return nil
            }
            return (pair.0, pair.1, index / BlockBootstrap.blockSteps)
        }
    }

    /// The load at which the limit is reached; nil where the resource does not follow the load.
    func capacity() -> (low: Double, median: Double, high: Double)? {
        guard points.count >= UtilisationLaw.leastSteps, var line = fit([Double](repeating: 1, count: points.count)) else {
            return nil
        }
        var weights = [Double](repeating: 1, count: points.count)
        for _ in 0..<UtilisationLaw.passes {
            let errors = points.map { abs($0.use - line.base - line.cost * $0.load) }
            let scale = max(1e-4, 1.5 * 1.4826 * errors.sorted()[errors.count / 2])
            weights = errors.map { $0 <= scale ? 1 : scale / $0 }
            guard let next = fit(weights) else { return nil }
            line = next
        }
        let blocks = blocks(weights)
        // What moves with the load explains a good part of itself, or it is no resource that load uses up.
        guard line.cost > 0, explains(line, weights) else { return nil }
        var bootstrap = BlockBootstrap()
        let precision = precision(line, weights)
        let drawn = (0..<BlockBootstrap.draws).map { _ -> Double in
            var sums = Sums()
            for (block, times) in zip(blocks, bootstrap.draw(of: blocks.count)) where times > 0 { sums.add(block, times: times) }
            return UtilisationLaw.solve(sums, precision).flatMap(load) ?? .nan
        }
        return BlockBootstrap.quantiles(drawn)
    }

    private func load(at line: Line) -> Double? {
        guard line.cost > 0 else { return nil }
        let load = (limit - max(0, line.base)) / line.cost
        return load > 0 && load.isFinite ? load : nil
    }

    private func explains(_ line: Line, _ weights: [Double]) -> Bool {
        var rest = 0.0
        var all = 0.0
        for (point, weight) in zip(points, weights) {
            let error = point.use - line.base - line.cost * point.load
            rest += weight * error * error
            all += weight * point.use * point.use
        }
        return all > 0 && rest < 0.25 * all
    }

    /// How much an expected base of nothing weighs against the points: errors hang together over a stretch, so that one is about one fact.
    private func precision(_ line: Line, _ weights: [Double]) -> Double {
        guard expectsNoBase else { return UtilisationLaw.leastPrecision }
        var squares = 0.0
        for (point, weight) in zip(points, weights) {
            let error = point.use - line.base - line.cost * point.load
            squares += weight * error * error
        }
        let variance = max(1e-8, squares / Double(points.count))
        return variance / (UtilisationLaw.baseSpread * UtilisationLaw.baseSpread) * Double(BlockBootstrap.blockSteps)
    }

    private func fit(_ weights: [Double]) -> Line? {
        var sums = Sums()
        for block in blocks(weights) { sums.add(block, times: 1) }
        // First without the expectation, then with the weight that the errors give it.
        guard let rough = UtilisationLaw.solve(sums, UtilisationLaw.leastPrecision) else { return nil }
        return UtilisationLaw.solve(sums, precision(rough, weights))
    }

    private func blocks(_ weights: [Double]) -> [Sums] {
        var blocks: [Int: Sums] = [:]
        for (point, weight) in zip(points, weights) {
            var sums = blocks[point.block] ?? Sums()
            sums.weight += weight
            sums.load += weight * point.load
            sums.use += weight * point.use
            sums.loadLoad += weight * point.load * point.load
            sums.loadUse += weight * point.load * point.use
            blocks[point.block] = sums
        }
        return blocks.sorted { $0.key < $1.key }.map(\.value)
    }

    /// - Parameter precision: added to the weight of the base.
    private static func solve(_ sums: Sums, _ precision: Double) -> Line? {
        let weight = sums.weight + precision
        let determinant = weight * sums.loadLoad - sums.load * sums.load
        guard determinant > 1e-12 * weight * sums.loadLoad else { return nil }
        let line = Line(
            base: (sums.loadLoad * sums.use - sums.load * sums.loadUse) / determinant,
            cost: (weight * sums.loadUse - sums.load * sums.use) / determinant)
        guard line.base < 0 else { return line }
        // Nothing is used up by being idle.
        return Line(base: 0, cost: sums.loadUse / sums.loadLoad)
    }
}
