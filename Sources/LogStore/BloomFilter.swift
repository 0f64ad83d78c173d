/// A Bloom filter of 12 bits a word and 7 probes: one word in 300 that is absent seems present, none that is present seems absent.
struct BloomFilter: Sendable {
    static let bitsPerWord = 12
    static let probes = 7

    private var words: [UInt64]

    init(hashes: HashSet) {
        var words = [UInt64](repeating: 0, count: max(1, (hashes.count * BloomFilter.bitsPerWord + 63) / 64))
        hashes.forEach { hash in
            BloomFilter.forEachProbe(hash, words.count) { bit in words[bit >> 6] |= 1 << UInt64(bit & 63) }
        }
        self.words = words
    }

    init(decoding bytes: [UInt8]) throws(LogStoreError) {
        guard bytes.count >= 8, bytes.count % 8 == 0 else { throw .corrupt("filter of \(bytes.count) bytes") }
        words = Bytes.words(bytes)
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        for word in words { writer.fixed64(word) }
        return writer.bytes
    }

    /// False only where no word of that hash was put in.
    func mayContain(_ hash: UInt64) -> Bool {
        var all = true
        BloomFilter.forEachProbe(hash, words.count) { bit in
            if words[bit >> 6] & (1 << UInt64(bit & 63)) == 0 { all = false }
        }
        return all
    }

    private static func forEachProbe(_ hash: UInt64, _ wordCount: Int, _ visit: (Int) -> Void) {
        let bits = UInt64(wordCount) * 64
        let step = Words.mixed(hash ^ 0x9e37_79b9_7f4a_7c15) | 1
        var position = hash
        for _ in 0..<probes {
            visit(Int(position.multipliedFullWidth(by: bits).high))
            position &+= step
        }
    }
}
