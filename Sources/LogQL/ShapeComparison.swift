/// What two spans of time differ in: message shapes that are new, gone, or come more or less often than chance explains.
package struct ShapeComparison: Sendable {
    /// How often each shape was seen in a span, and how long that is.
    package struct Span: Sendable {
        package var counts: [String: Int]
        package var seconds: Double

        package init(counts: [String: Int], seconds: Double) {
            self.counts = counts
            self.seconds = seconds
        }

        /// Sightings per hour.
        fileprivate func rate(_ count: Int) -> Double { seconds > 0 ? Double(count) / seconds * 3_600 : 0 }
    }

    /// A difference.
    package struct Change: Sendable, Equatable {
        package enum Kind: String, Sendable { case new, gone, changed }

        package var kind: Kind
        package var shape: String
        package var before: Int
        package var after: Int
        /// Sightings per hour.
        package var rateBefore: Double
        package var rateAfter: Double

        /// How many times as often it comes now; infinite where it is new.
        package var factor: Double { rateBefore > 0 ? rateAfter / rateBefore : .infinity }
    }

    /// Standard deviations of the difference of two Poisson counts from which on it is no chance.
    package static let significance = 3.0

    /// The differences: what is new first, then what is gone, then what changed by at least a factor; the most frequent of each first.
    package static func changes(from before: Span, to after: Span, factor: Double = 2) -> [Change] {
        let shapes = Set(before.counts.keys).union(after.counts.keys)
        let changes = shapes.compactMap { shape -> Change? in
            let (first, second) = (before.counts[shape] ?? 0, after.counts[shape] ?? 0)
            var change = Change(
                kind: .changed, shape: shape, before: first, after: second, rateBefore: before.rate(first),
                rateAfter: after.rate(second))
            if first == 0 {
                change.kind = .new
            } else if second == 0 {
                // What came once in a week is not gone for an hour's absence.
                guard isSignificant(first, before.seconds, 0, after.seconds) else { return nil }
                change.kind = .gone
            } else {
                guard change.factor >= factor || change.factor <= 1 / factor,
                    isSignificant(first, before.seconds, second, after.seconds)
                else { return nil }
            }
            return change
        }
        let order: [Change.Kind] = [.new, .gone, .changed]
        return changes.sorted { left, right in
            let (first, second) = (order.firstIndex(of: left.kind) ?? 0, order.firstIndex(of: right.kind) ?? 0)
            if first != second { return first < second }
            return (right.before + right.after, left.shape) < (left.before + left.after, right.shape)
        }
    }

    /// Whether two counts over two spans differ by more than chance: if both came at one rate, each count would have that rate's variance.
    private static func isSignificant(_ first: Int, _ firstSeconds: Double, _ second: Int, _ secondSeconds: Double) -> Bool {
        guard firstSeconds > 0, secondSeconds > 0 else { return false }
        let rate = Double(first + second) / (firstSeconds + secondSeconds)
        let deviation = (rate / firstSeconds + rate / secondSeconds).squareRoot()
        return abs(Double(second) / secondSeconds - Double(first) / firstSeconds) >= significance * deviation
    }
}
