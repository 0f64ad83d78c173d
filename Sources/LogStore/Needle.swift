/// What a literal that lines must contain says about their words.
///
/// A word inside the literal is a whole word of the line; one at its edge may be part of a longer one. Numbers say nothing here.
struct Needle {
    /// Hashes of words that the line has as a whole.
    private(set) var wholeWords: [UInt64] = []
    /// Runs of letters and digits that stand somewhere within a word of the line.
    private(set) var partialWords: [[UInt8]] = []

    init(_ literal: [UInt8]) {
        var whole: [UInt64] = []
        var partial: [[UInt8]] = []
        Words.forEach(literal[...]) { range in
            if range.lowerBound > 0 && range.upperBound < literal.count {
                whole.append(Words.hash(literal[range]))
            } else {
                partial.append(Array(literal[range]))
            }
        }
        wholeWords = whole
        partialWords = partial
    }
}
