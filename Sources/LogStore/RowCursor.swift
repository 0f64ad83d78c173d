import Telemetry

/// Where a reader stands in the rows of one source. Keys ascend in the direction of reading.
///
/// The rows of a block are rebuilt window by window, so that a reader that stops early has not paid for the rest.
struct RowCursor {
    private var rows: RowSet
    private var next = 0
    private var end = 0
    private let backward: Bool
    let ordinal: Int
    /// The block, the rows of it that are still to be rebuilt, and which of them are wanted.
    private var block: BlockReader?
    private var rest: Range<Int> = 0..<0
    private var selected: RowSelection?

    /// Rows of a head.
    /// - Parameter ordinal: the place of the source among those of the stream, in the order of arrival.
    init(_ rows: RowSet, in range: Range<Nanoseconds>, backward: Bool, ordinal: Int) {
        self.rows = rows
        self.backward = backward
        self.ordinal = backward ? -ordinal : ordinal
        let first = rows.rows.partitioningIndex { $0.timestamp >= range.lowerBound }
        let last = rows.rows.partitioningIndex { $0.timestamp >= range.upperBound }
        show(first..<last)
    }

    /// Rows of a block that a selection has, all of its time where there is none.
    init(
        _ block: BlockReader, in range: Range<Nanoseconds>, selected: RowSelection?, backward: Bool, ordinal: Int
    ) throws(LogStoreError) {
        self.block = block
        self.selected = selected
        self.backward = backward
        self.ordinal = backward ? -ordinal : ordinal
        rows = RowSet()
        rest = try block.times().rows(in: range)
        try load()
    }

    private mutating func show(_ range: Range<Int>) {
        next = backward ? range.upperBound - 1 : range.lowerBound
        end = backward ? range.lowerBound - 1 : range.upperBound
    }

    /// Rebuilds the next window that has wanted rows.
    private mutating func load() throws(LogStoreError) {
        while next == end, !rest.isEmpty, let block {
            let window = ShapedRows.windowRows
            let part: Range<Int>
            if backward {
                part = max(rest.lowerBound, (rest.upperBound - 1) / window * window)..<rest.upperBound
                rest = rest.lowerBound..<part.lowerBound
            } else {
                part = rest.lowerBound..<min(rest.upperBound, (rest.lowerBound / window + 1) * window)
                rest = part.upperBound..<rest.upperBound
            }
            if let selected, selected.count(in: part) == 0 { continue }
            rows = try block.rows(part, selected: selected)
            show(0..<rows.count)
        }
    }

    var isDone: Bool { next == end }

    /// The key of the row that is next: later in reading order is larger.
    var key: Nanoseconds { RowCursor.key(rows.rows[next].timestamp, backward) }

    static func key(_ time: Nanoseconds, _ backward: Bool) -> Nanoseconds { backward ? ~time : time }

    /// The next row. Damage found while the rows behind it are rebuilt ends the cursor and is thrown after them: see ``failure``.
    mutating func take() -> LogRow {
        let row = rows.row(next)
        next += backward ? -1 : 1
        if next == end {
            do { try load() } catch { failure = error }
        }
        return row
    }

    /// Why the cursor ended early.
    private(set) var failure: LogStoreError?
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
