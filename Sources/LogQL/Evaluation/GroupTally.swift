import Telemetry

/// Counts the entries of a group that look alike, stretch by stretch of time.
struct GroupTally {
    /// Entries of one stretch whose texts are equal.
    struct Count {
        var key: Int
        /// One of the entries.
        var row: Int
        var entries: Int
        /// The end of the stretch.
        var time: Nanoseconds
    }

    private let keys: [Int32]
    private var counts: [Int32]
    private var firstRows: [Int32]
    private var touched: [Int32] = []

    /// - Parameter keys: by row, from 0; equal ones look alike.
    init(keys: [Int32]) {
        self.keys = keys
        counts = [Int32](repeating: 0, count: Int(keys.max() ?? -1) + 1)
        firstRows = counts
    }

    mutating func forEach(_ group: any LogRowGroup, _ edges: WindowEdges, _ visit: (Count) throws -> Void) throws {
        var row = 0
        try group.forEachStretch(endingAt: edges.edge) { rows, end in
            add(row..<(row + rows))
            row += rows
            for key in touched {
                let place = Int(key)
                try visit(Count(key: place, row: Int(firstRows[place]), entries: Int(counts[place]), time: end))
                counts[place] = 0
            }
            touched.removeAll(keepingCapacity: true)
        }
    }

    private mutating func add(_ rows: Range<Int>) {
        // A reference of its own, so that counts may change while it is read.
        let keys = keys
        for row in rows {
            let key = Int(keys[row])
            if counts[key] == 0 {
                touched.append(Int32(key))
                firstRows[key] = Int32(row)
            }
            counts[key] &+= 1
        }
    }
}
