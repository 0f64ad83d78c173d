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

    private struct Reader: LogColumnReader {
        let labels: Labels
        let rows: [LogRow]
        let literals: [[UInt8]]
        let cut: Cut

        func forEach(_ visit: (LogRow) throws -> Bool) throws {
            for row in rows where try !visit(row) { return }
        }

        func forEachStretch(_ visit: (any LogColumns) throws -> Void) throws {
            for start in stride(from: 0, to: rows.count, by: cut.stretch) {
                let rows = rows[start..<min(rows.count, start + cut.stretch)].filter { row in
                    literals.allSatisfy { literal in row.line.contains(literal) }
                }
                try visit(ShapedStretch(rows, cut))
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
            return Reader(labels: reader.labels, rows: rows, literals: selection.requiredLiterals, cut: cut)
        }
    }

    func streams(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [Labels] {
        try memory.streams(matchingAny: selectors, in: range)
    }

    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [String] {
        try memory.labelNames(matchingAny: selectors, in: range)
    }

    func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>
    ) throws -> [String] {
        try memory.labelValues(of: name, matchingAny: selectors, in: range)
    }
}

/// Some entries, their lines cut.
private struct ShapedStretch: LogColumns {
    private var shapes: [LogLineShape] = []
    private var rows: [(row: LogRow, shape: Int, values: [ArraySlice<UInt8>])] = []

    init(_ rows: [LogRow], _ cut: ShapedSource.Cut) {
        var indexes: [[[UInt8]]: Int] = [:]
        var values: [[[ArraySlice<UInt8>]]] = []
        for row in rows {
            let (literals, variables) = ShapedStretch.cut(row.line, cut)
            let index = indexes[literals] ?? indexes.count
            if index == indexes.count { values.append([]) }
            indexes[literals] = index
            values[index].append(variables)
            self.rows.append((row, index, variables))
        }
        shapes = indexes.sorted { $0.value < $1.value }.map { literals, index in
            let kinds = (0..<literals.count - 1).map { variable in ShapedStretch.kind(of: values[index].map { $0[variable] }) }
            return LogLineShape(literals: literals, kinds: kinds)
        }
    }

    func shapes(describingVariables: Bool) -> [LogLineShape] { shapes }

    func forEachRow(_ wishes: [LogColumnWish], _ visit: (borrowing LogColumnRow) throws -> Void) throws {
        for (row, shape, values) in rows {
            var out = LogColumnRow()
            out.timestamp = row.timestamp
            out.metadata = row.metadata
            out.shape = shape
            let texts =
                switch wishes[shape] {
                case .line: [row.line]
                case .variables(let wanted): wanted.map { values[$0] }
                }
            for text in texts {
                out.bytes += text
                out.ends.append(out.bytes.count)
            }
            try visit(out)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80 || byte == UInt8(ascii: ".")
    }

    private static func cut(_ line: ArraySlice<UInt8>, _ cut: ShapedSource.Cut) -> ([[UInt8]], [ArraySlice<UInt8>]) {
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
                if !isKey { variable = index..<close } else { literals[literals.count - 1] += line[index..<close] }
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

    private static func kind(of values: [ArraySlice<UInt8>]) -> LogLineShape.Kind {
        func all(_ condition: (ArraySlice<UInt8>) -> Bool) -> Bool { values.allSatisfy(condition) }
        func isDigits(_ text: some Collection<UInt8>) -> Bool { !text.isEmpty && text.allSatisfy { $0 &- 0x30 < 10 } }
        let isNumber = all { value in
            let parts = value.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            return parts.count <= 2 && parts.allSatisfy(isDigits)
        }
        if isNumber { return .number }
        if all({ !$0.isEmpty && $0.allSatisfy(isWord) }) { return .word }
        func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") }
        if all({ $0.allSatisfy { isPlain($0) && $0 != 0x20 && $0 != UInt8(ascii: "=") } }) { return .bare }
        return all { $0.allSatisfy(isPlain) } ? .plain : .text
    }
}
