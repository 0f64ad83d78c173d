import Telemetry

/// Where a reader stands in the rows of one source. Keys ascend in the direction of reading.
struct RowCursor {
    private let rows: RowSet
    private let backward: Bool
    let ordinal: Int
    private var next: Int
    private let end: Int

    /// - Parameter ordinal: the place of the source among those of the stream, in the order of arrival.
    init(_ rows: RowSet, in range: Range<Nanoseconds>, backward: Bool, ordinal: Int) {
        self.rows = rows
        self.backward = backward
        self.ordinal = backward ? -ordinal : ordinal
        let first = rows.rows.partitioningIndex { $0.timestamp >= range.lowerBound }
        let last = rows.rows.partitioningIndex { $0.timestamp >= range.upperBound }
        next = backward ? last - 1 : first
        end = backward ? first - 1 : last
    }

    var isDone: Bool { next == end }

    /// The key of the row that is next: later in reading order is larger.
    var key: Nanoseconds { RowCursor.key(rows.rows[next].timestamp, backward) }

    static func key(_ time: Nanoseconds, _ backward: Bool) -> Nanoseconds { backward ? ~time : time }

    mutating func take() -> LogRow {
        defer { next += backward ? -1 : 1 }
        return rows.row(next)
    }
}

extension Array {
    /// The first index whose element passes, where all that pass stand behind all that don't.
    func partitioningIndex(_ passes: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
