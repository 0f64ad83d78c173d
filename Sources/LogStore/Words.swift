/// Words as the token filters know them: runs of letters, digits and bytes above ASCII that are not all digits.
///
/// Numbers stay out: they are many, and are found in their columns.
enum Words {
    /// Hashes of the words in a range of bytes, handed to `visit`.
    static func forEachHash(_ bytes: [UInt8], _ range: Range<Int>, _ visit: (UInt64) -> Void) {
        let raw = unsafe bytes.span.bytes
        forEach(bytes, range) { word in visit(hash(raw, word)) }
    }

    /// Where the words in a range of bytes stand.
    static func forEach(_ bytes: [UInt8], _ range: Range<Int>, _ visit: (Range<Int>) -> Void) {
        let span = bytes.span
        let classes = ByteClass.table
        let table = classes.span
        var index = range.lowerBound
        while index < range.upperBound {
            let start = index
            var kinds: UInt8 = 0
            while index < range.upperBound {
                let kind = table[Int(span[index])]
                if kind == ByteClass.delimiter { break }
                kinds |= kind
                index += 1
            }
            if kinds & ByteClass.letter != 0 { visit(start..<index) }
            index += 1
        }
    }

    static func hash(_ bytes: [UInt8]) -> UInt64 { unsafe hash(bytes.span.bytes, 0..<bytes.count) }

    /// A hash of a range of bytes, eight at a time. Filters on disk hold it, so it must never change.
    static func hash(_ bytes: RawSpan, _ range: Range<Int>, seed: UInt64 = 0) -> UInt64 {
        var hash = seed ^ UInt64(range.count) &* 0x9e37_79b9_7f4a_7c15
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
            let word = unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            hash = (hash ^ word) &* 0xff51_afd7_ed55_8ccd
            hash ^= hash >> 32
            index += 8
        }
        var tail: UInt64 = 0
        while index < range.upperBound {
            tail = tail << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
            index += 1
        }
        return mixed(hash ^ tail)
    }

    /// Spreads a hash over all bits (the finaliser of SplitMix64).
    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
