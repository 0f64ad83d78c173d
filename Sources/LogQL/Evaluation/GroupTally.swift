import Telemetry

/// Counts the entries of a group that look alike, stretch by stretch of time.
struct GroupTally {
    /// The entries of one stretch.
    struct Stretch {
        /// Keys that occur.
        var keys: [Int32]
        /// By key: how many entries have it, and the first of them; of use for those that occur.
        var counts: [Int32]
        var firstRows: [Int32]
        /// The end of the stretch.
        var end: Nanoseconds
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

    mutating func forEach(_ group: any LogRowGroup, _ edges: WindowEdges, _ visit: (Stretch) throws -> Void) throws {
        var row = 0
        try group.forEachStretch(endingAt: edges.edge) { rows, end in
            add(row..<(row + rows))
            row += rows
            try visit(Stretch(keys: touched, counts: counts, firstRows: firstRows, end: end))
            for key in touched { counts[Int(key)] = 0 }
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
