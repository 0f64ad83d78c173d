import LogQL
import Telemetry
import TestKit

/// Streams in memory that are handed over in columns: each line cut into constant text and variables, in one of several ways.
struct ShapedSource: LogSource {
    /// What becomes a variable.
    struct Cut {
        var words = true
        var quoted = false
        /// Entries of one stretch.
        var stretch = 50
    }

    private struct Reader: LogStreamReader {
        var checksRequiredLiterals: Bool { true }

        let labels: Labels
        let rows: [LogRow]
        let literals: [[UInt8]]
        let cut: Cut

        private var wanted: [LogRow] {
            rows.filter { row in literals.allSatisfy { row.line.contains($0) } }
        }

        func forEach(_ visit: (LogRow) throws -> Bool) throws {
            for row in wanted where try !visit(row) { return }
        }

        func forEachGroup(_ visit: (any LogRowGroup) throws -> Bool) throws {
            let rows = wanted
            for start in stride(from: 0, to: rows.count, by: cut.stretch) {
                for group in ShapedGroup.groups(rows[start..<min(rows.count, start + cut.stretch)], cut) {
                    guard try visit(group) else { return }
                }
            }
        }
    }

    let memory: MemoryLogSource
    var cut = Cut()

    func select(_ selection: LogSelection) throws -> [any LogStreamReader] {
        try memory.select(selection).map { reader in
            var rows: [LogRow] = []
            try reader.forEach { row in
                rows.append(row)
                return true
            }
            return Reader(
                labels: reader.labels, rows: rows, literals: selection.requiredLiterals, cut: cut)
        }
    }

    func streams(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws
        -> [Labels]
    {
        try memory.streams(matchingAny: selectors, in: range)
    }

    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws
        -> [String]
    {
        try memory.labelNames(matchingAny: selectors, in: range)
    }

    func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>
    ) throws -> [String] {
        try memory.labelValues(of: name, matchingAny: selectors, in: range)
    }
}

/// Entries of one shape.
private struct ShapedGroup: LogRowGroup {
    let texts: [[UInt8]]
    private var rows: [LogRow] = []
    /// By row, the values of all variables.
    private var values: [[ArraySlice<UInt8>]] = []

    private init(_ texts: [[UInt8]]) { self.texts = texts }

    static func groups(_ rows: ArraySlice<LogRow>, _ cut: ShapedSource.Cut) -> [ShapedGroup] {
        var groups: [ShapedGroup] = []
        var indexes: [[[UInt8]]: Int] = [:]
        for row in rows {
            let (texts, values) = ShapedGroup.cut(row.line, cut)
            let index = indexes[texts] ?? groups.count
            if index == groups.count { groups.append(ShapedGroup(texts)) }
            indexes[texts] = index
            groups[index].rows.append(row)
            groups[index].values.append(values)
        }
        return groups
    }

    var count: Int { rows.count }
    var times: [Nanoseconds] { rows.map(\.timestamp) }
    var metadata: [Labels]? { rows.contains { !$0.metadata.isEmpty } ? rows.map(\.metadata) : nil }

    /// Values seen twice stand there once, but for every third.
    func strings(of variable: Int) -> LogStringColumn {
        var column = LogStringColumn(bytes: [], ends: [], ids: [])
        var known: [ArraySlice<UInt8>: Int32] = [:]
        for (row, values) in values.enumerated() {
            if let id = known[values[variable]], row % 3 != 0 {
                column.ids.append(id)
                continue
            }
            known[values[variable]] = Int32(column.ends.count)
            column.ids.append(Int32(column.ends.count))
            column.bytes += values[variable]
            column.ends.append(column.bytes.count)
        }
        return column
    }

    func numbers(of variable: Int) -> LogNumberColumn? {
        var column = LogNumberColumn(mantissas: [], scale: 3)
        for values in values {
            let parts = values[variable].split(
                separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 &- 0x30 < 10 } })
            else { return nil }
            let fraction = parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : ""
            let digits =
                String(decoding: parts[0], as: UTF8.self) + fraction
                + String(repeating: "0", count: max(0, 3 - fraction.count))
            guard fraction.count <= 3, let mantissa = Int64(digits) else { return nil }
            column.mantissas.append(mantissa)
        }
        return column
    }

    func forEachRow(where wanted: (Int) -> Bool, _ visit: (Int, LogRow) throws -> Bool) throws {
        for (index, row) in rows.enumerated() where wanted(index) {
            guard try visit(index, row) else { return }
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80 || byte == UInt8(ascii: ".")
    }

    private static func cut(_ line: ArraySlice<UInt8>, _ cut: ShapedSource.Cut) -> (
        [[UInt8]], [ArraySlice<UInt8>]
    ) {
        var literals: [[UInt8]] = [[]]
        var variables: [ArraySlice<UInt8>] = []
        func end(_ start: Int, while condition: (UInt8) -> Bool) -> Int {
            line[start...].firstIndex { !condition($0) } ?? line.endIndex
        }
        var index = line.startIndex
        while index < line.endIndex {
            let byte = line[index]
            var variable: Range<Int>?
            if cut.quoted, byte == UInt8(ascii: "\"") {
                literals[literals.count - 1].append(byte)
                index += 1
                let close = end(index) { $0 != UInt8(ascii: "\"") }
                // The keys of JSON stay constant.
                let isKey = close + 1 < line.endIndex && line[close + 1] == UInt8(ascii: ":")
                if !isKey {
                    variable = index..<close
                } else {
                    literals[literals.count - 1] += line[index..<close]
                }
                index = close
                if variable == nil, index < line.endIndex {
                    literals[literals.count - 1].append(line[index])
                    index += 1
                }
            } else if isWord(byte) {
                let close = end(index, while: isWord)
                if cut.words, line[index..<close].contains(where: { $0 &- 0x30 < 10 }) {
                    variable = index..<close
                } else {
                    literals[literals.count - 1] += line[index..<close]
                }
                index = close
            } else {
                literals[literals.count - 1].append(byte)
                index += 1
            }
            guard let variable else { continue }
            variables.append(line[variable])
            literals.append([])
            if cut.quoted, index < line.endIndex, line[index] == UInt8(ascii: "\"") {
                literals[literals.count - 1].append(line[index])
                index += 1
            }
        }
        return (literals, variables)
    }
}
