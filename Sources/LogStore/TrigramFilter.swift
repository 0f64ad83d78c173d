/// Which runs of three letters or digits stand in the constant texts and string values of a block: one bit each, by a hash.
///
/// A needle need not be a whole word, so the filter of words can't exclude it; that all of its trigrams stand in a block that lacks it is
/// unlikely. Numbers, addresses and long identifiers stay out: they are found by their types.
struct TrigramFilter: Sendable {
    static let maximumBits = 1 << 16
    private static let leastBits = 512
    /// A filter is folded in half as long as so few of its bits are set.
    private static let sparse = 16

    private var words: [UInt64]

    init() {
        words = [UInt64](repeating: 0, count: TrigramFilter.maximumBits / 64)
    }

    init(decoding bytes: [UInt8]) throws(LogStoreError) {
        guard bytes.count >= 8, bytes.count.nonzeroBitCount == 1, bytes.count <= TrigramFilter.maximumBits / 8 else {
            throw .corrupt("trigram filter of \(bytes.count) bytes")
        }
        words = Bytes.words(bytes)
    }

    var byteCount: Int { words.count * 8 }

    mutating func insert(_ bytes: [UInt8], _ range: Range<Int>) {
        TrigramFilter.forEach(bytes, range) { hash in
            words[Int(hash >> 6)] |= 1 << UInt64(hash & 63)
            return true
        }
    }

    /// False only where the needle stands in no text that was put in.
    func mayContain(_ needle: [UInt8]) -> Bool {
        let mask = UInt32(words.count * 64 - 1)
        return TrigramFilter.forEach(needle, needle.indices) { hash in
            words[Int((hash & mask) >> 6)] >> UInt64(hash & 63) & 1 != 0
        }
    }

    /// The filter, folded to the size that what is in it needs.
    var encoded: [UInt8] {
        var folded = words
        while folded.count * 64 > TrigramFilter.leastBits,
            folded.reduce(0, { $0 + $1.nonzeroBitCount }) * TrigramFilter.sparse < folded.count * 64
        {
            let half = folded.count / 2
            folded = (0..<half).map { folded[$0] | folded[half + $0] }
        }
        var writer = ByteWriter()
        for word in folded { writer.fixed64(word) }
        return writer.bytes
    }

    /// Hashes of the trigrams of letters and digits, until `visit` returns false.
    @discardableResult
    private static func forEach(_ bytes: [UInt8], _ range: Range<Int>, _ visit: (UInt32) -> Bool) -> Bool {
        let span = bytes.span
        let classes = ByteClass.table
        let table = classes.span
        var trigram: UInt32 = 0
        var length = 0
        for index in range {
            let byte = span[index]
            guard table[Int(byte)] != ByteClass.delimiter else {
                length = 0
                continue
            }
            trigram = (trigram << 8 | UInt32(byte)) & 0xff_ffff
            length += 1
            if length >= 3, !visit((trigram &* 0x9e37_79b1) >> 16) { return false }
        }
        return true
    }
}
