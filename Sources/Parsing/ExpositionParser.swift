package import Telemetry

/// Reads what exporters answer to a scrape: the Prometheus text format 0.0.4, and OpenMetrics as far as samples go.
///
/// Strict about a line's form, lenient about the order of families and their metadata, which samples do not need. An exposition
/// that ends in `# EOF` is OpenMetrics: its times are seconds; otherwise they are milliseconds. Exemplars are skipped.
package enum ExpositionParser {
    /// Appends every sample to the batch, with the extra labels put on each series.
    ///
    /// A label that the exporter sends under the name of an extra one is kept as `exported_<name>`, as Prometheus does.
    /// - Throws: ``ExpositionError`` at the first line that cannot be read; the batch then holds the lines before it.
    package static func parse(
        _ bytes: [UInt8], defaultTimestamp: Milliseconds, extraLabels: Labels, into batch: inout SampleBatch
    ) throws(ExpositionError) {
        var reader = ExpositionReader(bytes, defaultTimestamp: defaultTimestamp, extraLabels: extraLabels)
        while try reader.nextLine(into: &batch) {}
    }
}

/// The place in an exposition that is read from.
private struct ExpositionReader {
    private static let metricName = Array(Labels.metricNameLabel.utf8)
    private static let exported = Array("exported_".utf8)

    private let bytes: [UInt8]
    private let defaultTimestamp: Milliseconds
    private let timestampsPerSecond: Double
    private let extraLabels: [(name: [UInt8], value: [UInt8])]
    private var index = 0
    private var lineStart = 0
    private var lineEnd = 0
    private var line = 0
    private var unescaped: [UInt8] = []

    init(_ bytes: [UInt8], defaultTimestamp: Milliseconds, extraLabels: Labels) {
        self.bytes = bytes
        self.defaultTimestamp = defaultTimestamp
        self.extraLabels = extraLabels.map { (Array($0.name.utf8), Array($0.value.utf8)) }
        let last = bytes.last == 10 ? bytes.dropLast() : bytes[...]
        timestampsPerSecond = last.suffix(5).elementsEqual("# EOF".utf8) ? 1000 : 1
    }

    /// Reads one line; false at the end of the exposition.
    mutating func nextLine(into batch: inout SampleBatch) throws(ExpositionError) -> Bool {
        guard index < bytes.count else { return false }
        line += 1
        lineStart = index
        lineEnd = bytes[index...].firstIndex(of: 10) ?? bytes.count
        defer { index = lineEnd + 1 }
        skipBlanks()
        guard let first = peek, first != UInt8(ascii: "#") else { return true }
        batch.beginSeries()
        for label in extraLabels { batch.appendLabel(name: label.name, value: label.value) }
        if first != UInt8(ascii: "{") {
            guard let name = identifier(colons: true) else { throw error(.badName) }
            batch.appendLabel(name: ExpositionReader.metricName, value: bytes[name])
            skipBlanks()
        }
        if skip(UInt8(ascii: "{")) { try readLabels(into: &batch, needsName: first == UInt8(ascii: "{")) }
        batch.endSeries()
        guard let text = token(), let value = ExpositionNumber.double(bytes, in: text) else { throw error(.badValue) }
        batch.append(value, at: try readTimestamp())
        return true
    }

    private mutating func readTimestamp() throws(ExpositionError) -> Milliseconds {
        skipBlanks()
        guard let first = peek, first != UInt8(ascii: "#") else { return defaultTimestamp }
        guard let text = token(), let number = ExpositionNumber.double(bytes, in: text), number.isFinite else {
            throw error(.badTimestamp)
        }
        skipBlanks()
        guard peek == nil || peek == UInt8(ascii: "#") else { throw error(.trailingText) }
        let scaled = (number * timestampsPerSecond).rounded(.down)
        return Milliseconds(exactly: scaled) ?? (scaled < 0 ? .min : .max)
    }

    private mutating func readLabels(into batch: inout SampleBatch, needsName: Bool) throws(ExpositionError) {
        var needsName = needsName
        while true {
            skipBlanks()
            if skip(UInt8(ascii: "}")) { break }
            if peek == UInt8(ascii: "\"") {
                let quoted = try quotedText()
                skipBlanks()
                if needsName, peek != UInt8(ascii: "=") {
                    needsName = false
                    batch.appendLabel(name: ExpositionReader.metricName, value: quoted)
                } else {
                    try readValue(of: quoted, into: &batch)
                }
            } else {
                guard let name = identifier(colons: false) else { throw error(.badLabels) }
                try readValue(of: Array(bytes[name]), into: &batch)
            }
            skipBlanks()
            if skip(UInt8(ascii: ",")) { continue }
            guard skip(UInt8(ascii: "}")) else { throw error(.badLabels) }
            break
        }
        if needsName { throw error(.badName) }
    }

    private mutating func readValue(of name: [UInt8], into batch: inout SampleBatch) throws(ExpositionError) {
        skipBlanks()
        guard skip(UInt8(ascii: "=")) else { throw error(.badLabels) }
        skipBlanks()
        let value = try quotedText()
        let clashes = extraLabels.contains { $0.name == name }
        batch.appendLabel(name: clashes ? ExpositionReader.exported + name : name, value: value)
    }

    private mutating func quotedText() throws(ExpositionError) -> [UInt8] {
        guard skip(UInt8(ascii: "\"")) else { throw error(.badLabels) }
        unescaped.removeAll(keepingCapacity: true)
        while let byte = peek {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return unescaped
            case UInt8(ascii: "\\"):
                guard let escaped = peek else { throw error(.badLabels) }
                index += 1
                switch escaped {
                case UInt8(ascii: "n"): unescaped.append(10)
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): unescaped.append(escaped)
                default: unescaped += [byte, escaped]
                }
            default: unescaped.append(byte)
            }
        }
        throw error(.badLabels)
    }

    private mutating func identifier(colons: Bool) -> Range<Int>? {
        let start = index
        while let byte = peek {
            let letter = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
            let later = index > start && byte.decimalDigit != nil
            guard letter || later || (colons && byte == UInt8(ascii: ":")) else { break }
            index += 1
        }
        return index > start ? start..<index : nil
    }

    private mutating func token() -> Range<Int>? {
        skipBlanks()
        let start = index
        while let byte = peek, byte != .blank, byte != 9, byte != 13 { index += 1 }
        return index > start ? start..<index : nil
    }

    private var peek: UInt8? { index < lineEnd ? bytes[index] : nil }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == .blank || byte == 9 || byte == 13 { index += 1 }
    }

    private func error(_ code: ExpositionError.Code) -> ExpositionError {
        ExpositionError(code: code, line: line, column: index - lineStart + 1)
    }
}
