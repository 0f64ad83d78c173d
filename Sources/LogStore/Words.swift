/// Words as the token filters know them: runs of letters, digits and bytes above ASCII that are not all digits.
///
/// Numbers stay out: they are many, and are found in their columns.
enum Words {
    /// Hashes of the words of `bytes`, handed to `visit`.
    static func forEachHash(_ bytes: ArraySlice<UInt8>, _ visit: (UInt64) -> Void) {
        forEach(bytes) { range in visit(hash(bytes[range])) }
    }

    /// Where the words of `bytes` stand.
    static func forEach(_ bytes: ArraySlice<UInt8>, _ visit: (Range<Int>) -> Void) {
        let table = ByteClass.table
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let start = index
            var kinds: UInt8 = 0
            while index < bytes.endIndex {
                let kind = table[Int(bytes[index])]
                if kind == ByteClass.delimiter { break }
                kinds |= kind
                index += 1
            }
            if kinds & ByteClass.letter != 0 { visit(start..<index) }
            index += 1
        }
    }

    static func hash(_ word: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return mixed(hash)
    }

    /// Spreads a hash over all bits (the finaliser of SplitMix64).
    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
