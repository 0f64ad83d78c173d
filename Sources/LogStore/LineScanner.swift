import Telemetry

/// Cuts a line into constant text and variables.
///
/// A token is a run of letters, digits and bytes above ASCII, with dots between two digits. One with a digit in it is a variable, and so is
/// a long one of hexadecimal digits alone. Where that makes too many shapes, each quoted string is one variable too, unless a colon
/// follows it (the keys of JSON); and where that makes too many still, all words but common ones are (see ``CommonWords``). The time of the
/// entry, in whatever form, is one variable of its own kind.
///
/// Variables stand between delimiters in all cases, so a run of letters and digits never straddles constant and variable.
struct LineScanner {
    /// Most variables a line may have; the rest of the line from there is the last one.
    static let maximumVariables = 200
    /// Tokens of at least so many letters a to f are taken for identifiers.
    private static let hexadecimalLetters = 8

    /// One variable of the line.
    struct Variable {
        var start: Int32
        var length: Int32
        /// The code of the time form + 1, 0 where it is no time.
        var time: Int32
        /// The difference of a time to that of the entry.
        var difference: Int64
    }

    /// What is a variable.
    enum Cut: Sendable {
        case tokens
        case quotedStrings
        case uncommonWords(CommonWords)
    }

    private let quotesAreVariables: Bool
    private let commonWords: CommonWords?
    /// Whether times are looked for; values of a column have none of their own.
    let findsTimes: Bool
    /// Where the variables of the line scanned last stand.
    private(set) var variables: [Variable] = []
    /// Hash of the line's constant text and of the places and kinds of its variables.
    private(set) var shapeHash: UInt64 = 0

    private var literalStart = 0

    init(_ cut: Cut, findsTimes: Bool) {
        if case .quotedStrings = cut { quotesAreVariables = true } else { quotesAreVariables = false }
        if case .uncommonWords(let words) = cut { commonWords = words } else { commonWords = nil }
        self.findsTimes = findsTimes
        variables.reserveCapacity(LineScanner.maximumVariables)
    }

    /// - Parameters:
    ///   - range: where the line stands in `buffer`; variables are given by their place there.
    ///   - time: that of the entry.
    mutating func scan(_ buffer: [UInt8], _ range: Range<Int>, time: Nanoseconds) {
        variables.removeAll(keepingCapacity: true)
        shapeHash = 0
        literalStart = 0
        if let commonWords { return scanWords(buffer.span.extracting(range), range.lowerBound, time, commonWords) }
        let table = ByteClass.table
        let classes = table.span
        let bytes = buffer.span.extracting(range)
        let text = unsafe bytes.bytes
        let offset = range.lowerBound
        var index = 0
        while index < bytes.count {
            // Checked by the loop's condition, and a class for every byte: this is the innermost loop of taking lines in.
            let byte = unsafe bytes[unchecked: index]
            let kind = unsafe classes[unchecked: Int(byte)]
            if kind == ByteClass.delimiter {
                index += 1
                guard quotesAreVariables, byte == ByteClass.quote, let end = closingQuote(bytes, after: index - 1) else {
                    continue
                }
                if end + 1 < bytes.count && bytes[end + 1] == ByteClass.colon {
                    index = end + 1
                } else {
                    let found = findsTimes ? TimeForm.find(bytes, at: index, entry: time) : nil
                    add(text, index..<end, offset, found.flatMap { $0.length == end - index ? $0 : nil })
                    // The closing quote is constant text, and opens nothing.
                    index = min(literalStart + 1, bytes.count)
                }
                continue
            }
            if findsTimes, kind == ByteClass.digit || ByteClass.startsMonth(byte),
                let found = TimeForm.find(bytes, at: index, entry: time)
            {
                add(text, index..<(index + found.length), offset, found)
                index = literalStart
                continue
            }
            let start = index
            var kinds: UInt8 = 0
            while index < bytes.count {
                let kind = unsafe classes[unchecked: Int(bytes[unchecked: index])]
                if kind == ByteClass.delimiter {
                    guard bytes[index] == ByteClass.dot, index + 1 < bytes.count,
                        classes[Int(bytes[index + 1])] == ByteClass.digit, classes[Int(bytes[index - 1])] == ByteClass.digit
                    else { break }
                }
                kinds |= kind
                index += 1
            }
            if kinds & ByteClass.digit != 0
                || index - start >= LineScanner.hexadecimalLetters && isHexadecimal(bytes, start..<index)
            {
                add(text, start..<index, offset, nil)
                index = literalStart
            }
        }
        mix(text, literalStart..<text.byteCount)
    }

    /// Cuts a line whose words are variables where they are not common.
    private mutating func scanWords(_ bytes: Span<UInt8>, _ offset: Int, _ time: Nanoseconds, _ common: CommonWords) {
        let text = unsafe bytes.bytes
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if CommonWords.isSeparator(byte) {
                index += 1
                continue
            }
            if findsTimes, byte &- 0x30 < 10 || ByteClass.startsMonth(byte),
                let found = TimeForm.find(bytes, at: index, entry: time)
            {
                add(text, index..<(index + found.length), offset, found)
                index = literalStart
                continue
            }
            let (end, hasDigit) = CommonWords.end(bytes, from: index)
            if hasDigit || !common.contains(Words.hash(text, index..<end)) {
                add(text, index..<end, offset, nil)
                index = literalStart
            } else {
                index = end
            }
        }
        mix(text, literalStart..<text.byteCount)
    }

    private mutating func add(_ text: RawSpan, _ range: Range<Int>, _ offset: Int, _ time: TimeForm.Found?) {
        mix(text, literalStart..<range.lowerBound)
        let isLast = variables.count == LineScanner.maximumVariables - 1
        let end = isLast ? text.byteCount : range.upperBound
        let form = isLast ? nil : time
        variables.append(
            Variable(
                start: Int32(truncatingIfNeeded: offset + range.lowerBound),
                length: Int32(truncatingIfNeeded: end - range.lowerBound), time: form.map { Int32($0.form.code) + 1 } ?? 0,
                difference: form?.difference ?? 0))
        shapeHash = Words.mixed(shapeHash ^ UInt64(form.map { Int($0.form.code) + 1 } ?? 0) << 32 ^ 0x7fb5_d329_728e_a185)
        literalStart = end
    }

    /// Takes constant text into the hash, eight bytes at a time.
    private mutating func mix(_ text: RawSpan, _ range: Range<Int>) {
        shapeHash = Words.hash(text, range, seed: shapeHash)
    }

    private func closingQuote(_ bytes: Span<UInt8>, after start: Int) -> Int? {
        var index = start + 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte == ByteClass.quote { return index }
            index += byte == ByteClass.backslash ? 2 : 1
        }
        return nil
    }

    /// Whether all bytes are digits or letters a to f of one case.
    private func isHexadecimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let lower: UInt8 = bytes[range.lowerBound] & 0x20
        for index in range {
            let letter = bytes[index] | 0x20
            guard bytes[index] & 0x20 == lower, letter >= 0x61, letter <= 0x66 else { return false }
        }
        return true
    }
}
