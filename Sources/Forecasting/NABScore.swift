internal import Glibc

/// The scoring rules of the Numenta Anomaly Benchmark (Lavin and Ahmad, "Evaluating real-time anomaly detection algorithms", 2015).
///
/// A detection inside a labelled window counts by how early it is, once a window; one outside costs, the more the farther it is behind the
/// last window; a window without a detection costs in full. The first 15 % of a file (of 5,000 rows at most) are not scored.
package struct NABScore: Sendable, Equatable {
    /// What a found window, a false alarm and a missed window weigh.
    package struct Profile: Sendable, Equatable {
        package var truePositive: Double
        package var falsePositive: Double
        package var falseNegative: Double

        package static let standard = Profile(truePositive: 1, falsePositive: 0.11, falseNegative: 1)
        package static let fewFalsePositives = Profile(truePositive: 1, falsePositive: 0.22, falseNegative: 1)
        package static let fewFalseNegatives = Profile(truePositive: 1, falsePositive: 0.11, falseNegative: 2)
    }

    package private(set) var raw = 0.0
    package private(set) var windows = 0
    package private(set) var found = 0
    package private(set) var falseAlarms = 0
    package let profile: Profile

    package init(profile: Profile = .standard) {
        self.profile = profile
    }

    /// 0 for a detector that never speaks, 100 for one that finds every window at its first moment and nothing else.
    package var normalised: Double {
        let nothing = -profile.falseNegative * Double(windows)
        let perfect = profile.truePositive * Double(windows)
        return windows > 0 ? 100 * (raw - nothing) / (perfect - nothing) : 0
    }

    /// Adds a file: its times, ascending, whether each was flagged, and the labelled windows (first and last time, both inside).
    package mutating func add(times: [Double], isFlagged: [Bool], windows labels: [ClosedRange<Double>]) {
        let probation = NABScore.probationRows(times.count)
        var best: [Int: Double] = [:]
        var last: (end: Int, width: Double)?
        var current: (number: Int, range: Range<Int>)?
        let ranges = labels.map { NABScore.rows(of: $0, times) }.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        var next = 0
        for row in times.indices {
            if next < ranges.count, row == ranges[next].lowerBound {
                current = (next, ranges[next])
                next += 1
            }
            if row >= probation, isFlagged[row] {
                if let current {
                    let place = -Double(current.range.upperBound - row) / Double(current.range.count)
                    let score = NABScore.sigmoid(place) * profile.truePositive / NABScore.sigmoid(-1)
                    best[current.number] = max(best[current.number] ?? -.infinity, score)
                } else {
                    let place = last.map { Double(row - $0.end) / max(1, $0.width - 1) } ?? 3
                    raw += NABScore.sigmoid(place) * profile.falsePositive
                    falseAlarms += 1
                }
            }
            if let range = current?.range, row == range.upperBound - 1 {
                last = (row, Double(range.count))
                current = nil
            }
        }
        for (number, range) in ranges.enumerated() where range.upperBound > probation {
            windows += 1
            raw += best[number] ?? -profile.falseNegative
            found += best[number] == nil ? 0 : 1
        }
    }

    package static func probationRows(_ count: Int) -> Int { Int(min(0.15 * Double(count), 0.15 * 5000)) }

    private static func rows(of window: ClosedRange<Double>, _ times: [Double]) -> Range<Int> {
        guard let first = times.firstIndex(where: { $0 >= window.lowerBound }),
            let last = times.lastIndex(where: { $0 <= window.upperBound }), first <= last
        else { return 0..<0 }
        return first..<(last + 1)
    }

    /// From about 1 at -1, the start of a window, over 0 at its end to -1 far behind it.
    private static func sigmoid(_ place: Double) -> Double { place >= 3 ? -1 : 2 / (1 + exp(5 * place)) - 1 }
}
