/// Cuts a line into constant text and variables.
///
/// A token is a run of letters, digits and bytes above ASCII, with dots between two digits; one with a digit in it is a variable.
/// Where that makes too many shapes, each quoted string is one variable too, unless a colon follows it (the keys of JSON).
/// Variables stand between delimiters in both ways, so a run of letters and digits never straddles constant and variable.
struct LineTokenizer {
    /// Most variables a line may have; the rest of the line from there is the last one.
    static let maximumVariables = 200

    let quotesAreVariables: Bool
    /// Where the variables of the line scanned last stand.
    private(set) var variables: [Range<Int>] = []
    /// Hash of the line's constant text and the places of its variables.
    private(set) var shapeHash: UInt64 = 0

    init(quotesAreVariables: Bool) {
        self.quotesAreVariables = quotesAreVariables
    }

    mutating func scan(_ text: [UInt8], _ line: Range<Int>) {
        variables.removeAll(keepingCapacity: true)
        let bytes = text.span
        let classes = ByteClass.table
        let table = classes.span
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var index = line.lowerBound
        while index < line.upperBound {
            let byte = bytes[index]
            if table[Int(byte)] == ByteClass.delimiter {
                if quotesAreVariables, byte == ByteClass.quote, let end = closingQuote(bytes, after: index, line.upperBound) {
                    let isKey = end + 1 < line.upperBound && bytes[end + 1] == ByteClass.colon
                    hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
                    if isKey {
                        for inner in (index + 1)...end { hash = (hash ^ UInt64(bytes[inner])) &* 0x100_0000_01b3 }
                        index = end + 1
                    } else {
                        add((index + 1)..<end, &hash, until: line.upperBound)
                        index = variables.last!.upperBound
                        if index < line.upperBound {
                            hash = (hash ^ UInt64(ByteClass.quote)) &* 0x100_0000_01b3
                            index += 1
                        }
                    }
                    continue
                }
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
                index += 1
                continue
            }
            let start = index
            var kinds: UInt8 = 0
            while index < line.upperBound {
                let kind = table[Int(bytes[index])]
                if kind == ByteClass.delimiter {
                    guard bytes[index] == ByteClass.dot, index + 1 < line.upperBound,
                        table[Int(bytes[index + 1])] == ByteClass.digit, table[Int(bytes[index - 1])] == ByteClass.digit
                    else { break }
                }
                kinds |= kind
                index += 1
            }
            if kinds & ByteClass.digit != 0 {
                add(start..<index, &hash, until: line.upperBound)
                index = variables.last!.upperBound
            } else {
                for inner in start..<index { hash = (hash ^ UInt64(bytes[inner])) &* 0x100_0000_01b3 }
            }
        }
        shapeHash = hash
    }

    private mutating func add(_ range: Range<Int>, _ hash: inout UInt64, until end: Int) {
        let last = variables.count == LineTokenizer.maximumVariables - 1
        variables.append(last ? range.lowerBound..<end : range)
        // A step that no byte makes, so that constant text and place of a variable can't be confused.
        hash = (hash ^ 0x1_00) &* 0x100_0000_01b3
    }

    private func closingQuote(_ bytes: Span<UInt8>, after start: Int, _ end: Int) -> Int? {
        var index = start + 1
        while index < end {
            let byte = bytes[index]
            if byte == ByteClass.quote { return index }
            index += byte == ByteClass.backslash ? 2 : 1
        }
        return nil
    }
}
