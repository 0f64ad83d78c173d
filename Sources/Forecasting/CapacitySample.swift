/// One step of a role's history: what was asked of it, by how many, and how they fared.
package struct CapacitySample: Sendable, Equatable {
    /// Requests a second and container.
    package var load: Double
    /// Seconds that requests took, at the quantile that has to be acceptable; NaN where it is not known.
    package var latencySeconds: Double
    /// Use of each resource, 1 being all of it, in the order of the model's resources; NaN where it is not known.
    package var utilisation: [Double]

    package init(load: Double, latencySeconds: Double, utilisation: [Double]) {
        self.load = load
        self.latencySeconds = latencySeconds
        self.utilisation = utilisation
    }
}

/// A history cut into stretches that are drawn again and again, whole, so that what hangs together stays together: neighbouring minutes
/// say nearly the same, and counting them one by one would make every estimate look far too sure.
struct BlockBootstrap {
    /// Draws: enough for the 10 % and 90 % quantiles.
    static let draws = 200
    /// Steps of a stretch: an hour of minutes.
    static let blockSteps = 60

    private var state: UInt64 = 0x5851_f42d_4c95_7f2d

    /// Draws as many stretches as there are, with replacement: how often each was drawn.
    mutating func draw(of count: Int) -> [Double] {
        var times = [Double](repeating: 0, count: count)
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            times[Int((state >> 33) % UInt64(max(1, count)))] += 1
        }
        return times
    }

    /// The 10 %, 50 % and 90 % quantiles of what the draws gave; nil where more than one of ten gave nothing: then it might be anything.
    static func quantiles(_ values: [Double]) -> (low: Double, median: Double, high: Double)? {
        let sorted = values.filter(\.isFinite).sorted()
        guard sorted.count * 10 >= values.count * 9, sorted.count >= 3 else { return nil }
        func at(_ probability: Double) -> Double { sorted[Int((probability * Double(sorted.count - 1)).rounded())] }
        return (at(0.1), at(0.5), at(0.9))
    }
}
