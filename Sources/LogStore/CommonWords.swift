/// The words that most lines of a stream are made of, as a sample of its lines shows; in lines of text without form, what is not among
/// them is a name, a version, a path: what differs.
///
/// A word here is what stands between blanks, quotes, brackets, commas, colons and the like, without a digit in it.
struct CommonWords: Sendable {
    /// Lines that are looked at, spread over all.
    private static let sampledRows = 4096
    /// Different words that are counted.
    private static let maximumWords = 1 << 16

    private var hashes: Set<UInt64> = []

    /// - Parameter share: words that are in one of so many lines, on average, are common.
    init(_ text: [UInt8], _ rows: [ValueRange], share: Int) {
        let step = max(1, rows.count / CommonWords.sampledRows)
        let span = text.span
        let raw = unsafe span.bytes
        var counts: [UInt64: Int] = [:]
        var sampled = 0
        for row in stride(from: 0, to: rows.count, by: step) {
            sampled += 1
            CommonWords.forEach(span, rows[row].range) { word, hasDigit in
                guard !hasDigit else { return }
                let hash = Words.hash(raw, word)
                if counts.count < CommonWords.maximumWords || counts[hash] != nil { counts[hash, default: 0] += 1 }
            }
        }
        let least = max(2, sampled / share)
        for (hash, count) in counts where count >= least { hashes.insert(hash) }
    }

    /// Whether a word is one of them.
    func contains(_ hash: UInt64) -> Bool { hashes.contains(hash) }

    /// Where a word ends that begins at `start`, and whether there is a digit in it.
    static func end(_ bytes: Span<UInt8>, from start: Int) -> (end: Int, hasDigit: Bool) {
        var index = start
        var hasDigit = false
        while index < bytes.count, !isSeparator(bytes[index]) {
            if bytes[index] &- 0x30 < 10 { hasDigit = true }
            index += 1
        }
        return (index, hasDigit)
    }

    private static func forEach(_ bytes: Span<UInt8>, _ range: Range<Int>, _ visit: (Range<Int>, Bool) -> Void) {
        let line = bytes.extracting(range)
        var index = 0
        while index < line.count {
            guard !isSeparator(line[index]) else {
                index += 1
                continue
            }
            let (end, hasDigit) = end(line, from: index)
            visit(range.lowerBound + index..<range.lowerBound + end, hasDigit)
            index = end
        }
    }

    /// Blanks, control bytes, and `"'(),:;<=>[]{|}`: delimiters all, so that no run of letters and digits is cut.
    static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x22, 0x27, 0x28, 0x29, 0x2c, 0x3a...0x3e, 0x5b, 0x5d, 0x7b...0x7d: true
        default: false
        }
    }
}
