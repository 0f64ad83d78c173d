/// Reads `key=value key="quoted value" flag`, the way of Go's loggers.
///
/// What breaks the grammar (a quote or a second `=` inside a bare value, a key with a quote, an unterminated quote) costs that one pair,
/// or the rest of the line where no end is to be found; strictly read, it costs the line.
package enum LogfmtFields {
    /// Hands every pair to `visit`, in the order they stand; a key alone has an empty value.
    /// - Throws: ``LogfmtSyntaxError`` at the first broken pair, if `strict`.
    package static func forEach(
        in line: ArraySlice<UInt8>, strict: Bool = false, _ visit: (ArraySlice<UInt8>, String) -> Void
    ) throws(LogfmtSyntaxError) {
        var scanner = Scanner(line: line, index: line.startIndex)
        while scanner.skipBlanks() {
            let start = scanner.index
            if let pair = scanner.pair() {
                visit(pair.key, pair.value)
            } else if strict {
                throw LogfmtSyntaxError(offset: start - line.startIndex)
            }
        }
    }

    private struct Scanner {
        let line: ArraySlice<UInt8>
        var index: Int

        /// Whether anything is left.
        mutating func skipBlanks() -> Bool {
            while index < line.endIndex, line[index] <= 0x20 { index += 1 }
            return index < line.endIndex
        }

        mutating func pair() -> (key: ArraySlice<UInt8>, value: String)? {
            let start = index
            while index < line.endIndex, line[index] > 0x20, line[index] != UInt8(ascii: "=") {
                if line[index] == UInt8(ascii: "\"") { return broken() }
                index += 1
            }
            let key = line[start..<index]
            guard index < line.endIndex, line[index] == UInt8(ascii: "=") else { return (key, "") }
            if key.isEmpty { return broken() }
            index += 1
            if index < line.endIndex, line[index] == UInt8(ascii: "\"") {
                return quoted().map { (key, $0) }
            }
            let valueStart = index
            while index < line.endIndex, line[index] > 0x20 {
                if line[index] == UInt8(ascii: "=") || line[index] == UInt8(ascii: "\"") { return broken() }
                index += 1
            }
            return (key, String(decoding: line[valueStart..<index], as: UTF8.self))
        }

        /// Skips to the next blank.
        private mutating func broken() -> (key: ArraySlice<UInt8>, value: String)? {
            while index < line.endIndex, line[index] > 0x20 { index += 1 }
            return nil
        }

        private mutating func quoted() -> String? {
            let start = index + 1
            index = start
            while index < line.endIndex {
                if line[index] == UInt8(ascii: "\\") {
                    index += 2
                } else if line[index] == UInt8(ascii: "\"") {
                    index += 1
                    return JSONText.unescape(line[start..<index - 1])
                } else {
                    index += 1
                }
            }
            index = line.endIndex
            return nil
        }
    }
}

/// A pair that is no logfmt, and where it begins.
package struct LogfmtSyntaxError: Error, Sendable, CustomStringConvertible {
    /// Bytes from the start of the line.
    package let offset: Int

    package var description: String { "logfmt syntax error at byte \(offset)" }
}
