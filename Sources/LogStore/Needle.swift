import CLinux

/// A literal that lines must contain, and what it says about where it can stand.
struct Needle: Sendable {
    let bytes: [UInt8]
    /// Hashes of words inside the literal: the line has them as a whole. Words at its edges may be part of longer ones.
    let wholeWords: [UInt64]
    /// Whether a letter stands in it.
    let hasWords: Bool
    /// Made of letters, digits and bytes above ASCII alone: such a needle never straddles constant text and variable.
    let isWord: Bool
    /// The classes of its bytes.
    private let isNumeric: Bool
    private let isLowerHexadecimal: Bool
    private let isUpperHexadecimal: Bool
    private let mayBeTime: Bool

    init(_ literal: [UInt8]) {
        bytes = literal
        var whole: [UInt64] = []
        var hasWords = false
        Words.forEach(literal, literal.indices) { range in
            hasWords = true
            let word = Array(literal[range])
            // Times are kept as differences: their words are in no filter.
            if range.lowerBound > 0 && range.upperBound < literal.count && !Needle.mayBeTime(word) {
                whole.append(Words.hash(word))
            }
        }
        wholeWords = whole
        self.hasWords = hasWords
        isWord = literal.allSatisfy { ByteClass.table[Int($0)] != ByteClass.delimiter }
        isNumeric = literal.allSatisfy { $0 &- 0x30 < 10 || $0 == ByteClass.dot }
        isLowerHexadecimal = literal.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 6 }
        isUpperHexadecimal = literal.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x41 < 6 }
        mayBeTime = Needle.mayBeTime(literal)
    }

    /// Whether it may stand in numbers, addresses, identifiers or times: in what no filter of texts knows.
    var mayStandOutsideTexts: Bool { isNumeric || isLowerHexadecimal || isUpperHexadecimal || mayBeTime }

    private static let timeDelimiters = Array(" -/:.,".utf8)

    private static func mayBeTime(_ literal: [UInt8]) -> Bool {
        let letters = literal.split { ByteClass.table[Int($0)] != ByteClass.letter }.map { Array($0) }
        return literal.count <= 30
            && literal.allSatisfy { ByteClass.table[Int($0)] != ByteClass.delimiter || timeDelimiters.contains($0) }
            && letters.allSatisfy { run in
                run == [0x54] || run == [0x5a] || TimeForm.months.contains { Needle.find(run, in: $0[...]) != nil }
            }
    }

    /// Whether a value of the column may contain the needle, as its type and bounds tell.
    func mayStand(in column: ColumnDescription) -> Bool {
        switch column.type {
        case .numbers(.address, _, _): isNumeric && bytes.count <= 15
        case .numbers: isNumeric && bytes.count <= NumberForm.maximumDigits + 2
        case .hexadecimal(let digits, let isUpper): bytes.count <= digits && (isUpper ? isUpperHexadecimal : isLowerHexadecimal)
        case .strings: true
        case .time: mayBeTime
        }
    }

    func isContained(in text: ArraySlice<UInt8>) -> Bool { Needle.find(bytes, in: text) != nil }

    /// Where the needle stands first.
    static func find(_ needle: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        if needle.isEmpty { return text.startIndex }
        return unsafe text.withUnsafeBytes { haystack -> Int? in
            unsafe needle.withUnsafeBytes { wanted -> Int? in
                guard let start = haystack.baseAddress, let first = wanted.baseAddress,
                    let found = unsafe clinux_memmem(start, haystack.count, first, wanted.count)
                else { return nil }
                return unsafe text.startIndex + (found - UnsafeRawPointer(start))
            }
        }
    }
}
