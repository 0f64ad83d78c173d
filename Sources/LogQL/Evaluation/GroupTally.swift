import Telemetry

/// Counts the entries of a group that look alike, stretch by stretch of time.
struct GroupTally {
    /// Entries of one stretch whose texts are equal.
    struct Count {
        /// One of them.
        var row: Int
        var entries: Int
        /// The end of the stretch.
        var time: Nanoseconds
    }

    /// As many different texts are counted in an array.
    private static let maximumKeys = 1 << 18

    private let times: [Nanoseconds]
    private let keys: [Int]
    private let edges: WindowEdges
    private var counts: [Int]
    private var firstRows: [Int]
    private var touched: [Int] = []

    /// - Parameter keys: by row; equal ones look alike.
    /// - Returns: nil where there are too many different ones.
    init?(_ times: [Nanoseconds], keys: [Int], edges: WindowEdges) {
        let most = keys.max() ?? 0
        guard most < GroupTally.maximumKeys else { return nil }
        self.times = times
        self.keys = keys
        self.edges = edges
        counts = [Int](repeating: 0, count: most + 1)
        firstRows = counts
    }

    mutating func forEach(_ visit: (Count) throws -> Void) rethrows {
        var row = 0
        while row < times.count {
            let edge = edges.edge(at: times[row])
            let start = row
            while row < times.count, times[row] <= edge { row += 1 }
            add(start..<row)
            for key in touched {
                try visit(Count(row: firstRows[key], entries: counts[key], time: edge))
                counts[key] = 0
            }
            touched.removeAll(keepingCapacity: true)
        }
    }

    private mutating func add(_ rows: Range<Int>) {
        for row in rows {
            let key = keys[row]
            if counts[key] == 0 {
                touched.append(key)
                firstRows[key] = row
            }
            counts[key] += 1
        }
    }
}
