/// The constant text of a line, with `<_>` where its variables stand: lines that one statement of a program printed share theirs.
///
/// ```
/// worker 7: GET /a took 13.5ms from 10.0.0.1:8080   →   worker <_>: GET /a took <_> from <_>
/// ```
///
/// A word is a run of letters, digits, `_`, `<`, `>` and bytes above ASCII; one with a digit (or a `<`) in it is variable, and so is a long run
/// of hexadecimal letters. Variables that only `.`, `:`, `-` or `+` stand between are one: times, addresses, UUIDs. Unlike the shapes of a
/// stored block, this one depends on the line alone, so that shapes of different days and servers can be compared.
///
/// A shape is a pattern, too: as the filter `|> "…"` of LogQL it finds its line again, for the text behind a variable does not stand in
/// the variable.
package enum MessageShape {
    /// Most variables; the rest of the line from there is the last of them. As many as a pattern may have captures.
    package static let maximumVariables = PatternExpression.maximumCaptures
    /// Longest constant text kept, in bytes; the rest of a longer line is a variable.
    package static let maximumBytes = 1_024
    /// Shortest run of hexadecimal letters that is no word: `deadbeef`.
    private static let hexadecimalRun = 8

    private static let variable = Array("<_>".utf8)

    /// The shape of a line.
    package static func pattern(of line: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var variables = 0
        var index = line.startIndex
        while index < line.endIndex {
            if output.count >= maximumBytes || variables == maximumVariables - 1 {
                // What is left is a variable, unless the last one ends here and takes it in.
                return output.hasSuffix(variable) ? output : output + variable
            }
            guard isWord(line[index]) else {
                output.append(line[index])
                index += 1
                continue
            }
            let end = wordEnd(line, index)
            if isVariable(line[index..<end]) {
                index = variableEnd(line, index, end)
                output += variable
                variables += 1
            } else {
                output += line[index..<end]
                index = end
            }
        }
        return output
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isLetter || byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "<")
            || byte == UInt8(ascii: ">")
    }

    private static func isJoiner(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
    }

    private static func wordEnd(_ line: ArraySlice<UInt8>, _ start: Int) -> Int {
        line[start...].firstIndex { !isWord($0) } ?? line.endIndex
    }

    private static func isVariable(_ word: ArraySlice<UInt8>) -> Bool {
        word.contains { $0.isDigit || $0 == UInt8(ascii: "<") }
            || word.count >= hexadecimalRun && word.allSatisfy(\.isHexDigit)
    }

    /// The end of a variable whose first word is given: it goes on over joiners, as long as words behind them are variable.
    private static func variableEnd(_ line: ArraySlice<UInt8>, _ start: Int, _ end: Int) -> Int {
        var end = end
        var isJoined = false
        while end + 1 < line.endIndex, isJoiner(line[end]), isWord(line[end + 1]) {
            let next = wordEnd(line, end + 1)
            let word = line[end + 1..<next]
            guard isVariable(word) || word.allSatisfy(\.isHexDigit) else { break }
            end = next
            isJoined = true
        }
        return isJoined ? absorbing(line, start, end) : end
    }

    /// Takes in what follows a joined variable where the pattern could find that in the variable itself: joiners that no word follows, and
    /// one with a word that stands in the variable, too.
    private static func absorbing(_ line: ArraySlice<UInt8>, _ start: Int, _ end: Int) -> Int {
        var end = end
        while end < line.endIndex, isJoiner(line[end]) {
            if end + 1 < line.endIndex, isWord(line[end + 1]) {
                let next = wordEnd(line, end + 1)
                guard ByteSearch.contains(Array(line[end..<next]), in: line[start..<end]) else { return end }
                end = next
            } else {
                end += 1
            }
        }
        return end
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ bytes: [UInt8]) -> Bool { count >= bytes.count && self[(count - bytes.count)...] == bytes[...] }
}
