/// Entries of one stream whose lines share their constant text, in columns: for questions that need no line.
///
/// The line of row `r` is `texts[0]`, the value of variable 0 in that row, `texts[1]`, the value of variable 1, and so on up to the last
/// text. Variables stand between delimiters (no run of letters and digits goes on from a text into a variable), but may contain any byte.
/// A group without knowledge of its lines has two empty texts and one variable: the line itself.
///
/// ```swift
/// // Lines a status, where the shape has it right of the request:
/// guard let variable = group.texts.firstIndex(of: Array("\" ".utf8)) else { return }
/// let status = try group.strings(of: variable)
/// for row in 0..<group.count { counts[status.text(ofRow: row), default: 0] += 1 }
/// ```
package protocol LogRowGroup {
    /// Constant texts: one more than there are variables.
    var texts: [[UInt8]] { get }
    /// Rows.
    var count: Int { get }
    /// The times of the rows, ascending.
    var times: [Nanoseconds] { get }
    /// Counts the rows stretch by stretch: `end` tells where the stretch of a time ends, that time included.
    func forEachStretch(
        endingAt end: (Nanoseconds) -> Nanoseconds, _ visit: (_ rows: Int, _ end: Nanoseconds) throws -> Void
    ) throws
    /// The structured metadata of the rows; nil where none has any.
    var metadata: [Labels]? { get }
    /// The values of a variable, by row.
    func strings(of variable: Int) throws -> LogStringColumn
    /// The values of a variable whose values are all written as decimal numbers; nil where they are not known to be.
    func numbers(of variable: Int) throws -> LogNumberColumn?
    /// Whether the values of a variable come as numbers.
    func isNumeric(_ variable: Int) throws -> Bool
    /// The bytes that may stand in the values of a variable: no others do.
    func bytes(of variable: Int) throws -> ByteSet
    /// Rebuilds the rows for which `wanted` is true.
    func forEachRow(where wanted: (Int) -> Bool, _ visit: (_ index: Int, _ row: LogRow) throws -> Bool) throws
}

extension LogRowGroup {
    package var variableCount: Int { texts.count - 1 }

    package func forEachStretch(
        endingAt end: (Nanoseconds) -> Nanoseconds, _ visit: (_ rows: Int, _ end: Nanoseconds) throws -> Void
    ) throws {
        let times = times
        try times.forEachStretch(0..<times.count, endingAt: end) { try visit($0.count, $1) }
    }

    package func bytes(of variable: Int) throws -> ByteSet {
        let column = try strings(of: variable)
        var bytes = ByteSet(column.bytes)
        if column.numbers != nil { for id in 0..<column.distinctCount { bytes.insert(contentsOf: Array(column.text(id))) } }
        return bytes
    }

    package func isNumeric(_ variable: Int) throws -> Bool { try numbers(of: variable) != nil }

    /// Rebuilds all rows.
    package func forEachRow(_ visit: (_ index: Int, _ row: LogRow) throws -> Bool) throws {
        try forEachRow(where: { _ in true }, visit)
    }
}

extension [Nanoseconds] {
    /// Cuts a range of these times, ascending, into stretches: `end` tells where the stretch of a time ends, that time included.
    package func forEachStretch(
        _ range: Range<Int>, endingAt end: (Nanoseconds) -> Nanoseconds,
        _ visit: (_ rows: Range<Int>, _ end: Nanoseconds) throws -> Void
    ) rethrows {
        var start = range.lowerBound
        while start < range.upperBound {
            let edge = end(self[start])
            // In strides that double, then by halves: a stretch may have one row or all.
            var stride = 1
            var low = start
            while low + stride < range.upperBound, self[low + stride] <= edge {
                low += stride
                stride *= 2
            }
            var high = Swift.min(low + stride, range.upperBound)
            while low + 1 < high {
                let middle = (low + high) / 2
                if self[middle] <= edge { low = middle } else { high = middle }
            }
            try visit(start..<(low + 1), edge)
            start = low + 1
        }
    }
}

/// The values of a variable as texts: the distinct ones, and which of them each row has.
package struct LogStringColumn: Sendable {
    /// Distinct values as the numbers that are written there.
    package struct Numbers: Sendable {
        /// A number may stand there more than once.
        package var numbers: [Int64]
        /// Columns of one form write equal numbers as equal texts, and others as others.
        package var form: String
        package var write: @Sendable (_ number: Int64, _ text: inout [UInt8]) -> Void

        package init(_ numbers: [Int64], form: String, write: @escaping @Sendable (Int64, inout [UInt8]) -> Void) {
            self.numbers = numbers
            self.form = form
            self.write = write
        }
    }

    /// Distinct values, one after the other. A value may stand there more than once.
    package var bytes: [UInt8]
    /// Where each distinct value ends.
    package var ends: [Int]
    /// By row: its distinct value.
    package var ids: [Int32]
    /// The distinct values, where they are numbers that nobody has written out.
    package private(set) var numbers: Numbers?

    package init(bytes: [UInt8], ends: [Int], ids: [Int32]) {
        self.bytes = bytes
        self.ends = ends
        self.ids = ids
    }

    package init(_ numbers: Numbers, ids: [Int32]) {
        self.init(bytes: [], ends: [], ids: ids)
        self.numbers = numbers
    }

    /// How many distinct values there are.
    package var distinctCount: Int { numbers?.numbers.count ?? ends.count }

    /// A distinct value.
    package func text(_ id: Int) -> ArraySlice<UInt8> {
        guard let numbers else { return bytes[(id == 0 ? 0 : ends[id - 1])..<ends[id]] }
        var text: [UInt8] = []
        numbers.write(numbers.numbers[id], &text)
        return text[...]
    }

    package func text(ofRow row: Int) -> ArraySlice<UInt8> { text(Int(ids[row])) }
}

/// The values of a variable as numbers: each is `mantissas[row]` / 10^`scale`.
package struct LogNumberColumn: Sendable {
    package var mantissas: [Int64]
    package var scale: Int

    package init(mantissas: [Int64], scale: Int) {
        self.mantissas = mantissas
        self.scale = scale
    }

    /// Whether the values of all rows are exactly the numbers nearest to the decimal ones that are written there.
    package var isExact: Bool { mantissas.allSatisfy { $0.magnitude <= 1 << 53 } }

    /// The value of a row.
    package func value(_ row: Int) -> Double { Double(mantissas[row]) / LogNumberColumn.powers[scale] }

    /// The values of all rows.
    package var values: [Double] {
        let power = LogNumberColumn.powers[scale]
        return mantissas.map { Double($0) / power }
    }

    /// Powers of ten are exact up to the twenty-second.
    private static let powers: [Double] = (0...18).map { exponent in (0..<exponent).reduce(1.0) { power, _ in power * 10 } }
}

extension LogStreamReader {
    package var checksRequiredLiterals: Bool { false }

    package func forEachWholeGroup(_ visit: (any LogRowGroup) throws -> Bool) throws { try forEachGroup(visit) }

    package func forEachGroup(_ visit: (any LogRowGroup) throws -> Bool) throws {
        var rows: [LogRow] = []
        var goesOn = true
        try forEach { row in
            rows.append(row)
            guard rows.count == WholeLineGroup.rows else { return true }
            goesOn = try visit(WholeLineGroup(rows))
            rows.removeAll(keepingCapacity: true)
            return goesOn
        }
        if goesOn && !rows.isEmpty { _ = try visit(WholeLineGroup(rows)) }
    }
}

/// Entries of which nothing is known: the line is the only variable.
package struct WholeLineGroup: LogRowGroup {
    static let rows = 4096
    private let rows: [LogRow]

    package init(_ rows: [LogRow]) { self.rows = rows }

    package var texts: [[UInt8]] { [[], []] }
    package var count: Int { rows.count }
    package var times: [Nanoseconds] { rows.map(\.timestamp) }
    package var metadata: [Labels]? { rows.contains { !$0.metadata.isEmpty } ? rows.map(\.metadata) : nil }

    package func strings(of variable: Int) -> LogStringColumn {
        var column = LogStringColumn(bytes: [], ends: [], ids: Array(0..<Int32(rows.count)))
        for row in rows {
            column.bytes.append(contentsOf: row.line)
            column.ends.append(column.bytes.count)
        }
        return column
    }

    package func numbers(of variable: Int) -> LogNumberColumn? { nil }

    package func forEachRow(where wanted: (Int) -> Bool, _ visit: (Int, LogRow) throws -> Bool) throws {
        for (index, row) in rows.enumerated() where wanted(index) {
            guard try visit(index, row) else { return }
        }
    }
}
