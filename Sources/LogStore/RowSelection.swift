/// Which rows of a block are wanted.
struct RowSelection: Sendable {
    private var words: [UInt64]
    let count: Int

    init(count: Int, all: Bool = false) {
        self.count = count
        words = [UInt64](repeating: all ? .max : 0, count: (count + 63) / 64)
        if all, count & 63 != 0 { words[words.count - 1] = (1 << UInt64(count & 63)) - 1 }
    }

    /// The rows whose id is selected.
    init(of ids: [Int32], in selected: RowSelection) {
        self.init(count: ids.count)
        var span = words.mutableSpan
        let ids = ids.span
        let selected = selected.words.span
        for word in span.indices {
            var bits: UInt64 = 0
            for row in (word << 6)..<min(ids.count, (word + 1) << 6) {
                let id = Int(ids[row])
                bits |= (selected[id >> 6] &>> UInt64(id & 63) & 1) &<< UInt64(row & 63)
            }
            span[word] = bits
        }
    }

    func contains(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }

    mutating func insert(_ row: Int) { words[row >> 6] |= 1 << UInt64(row & 63) }

    mutating func remove(_ row: Int) { words[row >> 6] &= ~(1 << UInt64(row & 63)) }

    mutating func formIntersection(_ other: RowSelection) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    mutating func formUnion(_ other: RowSelection) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// Rows of a range that are selected.
    func count(in range: Range<Int>) -> Int {
        var total = 0
        var row = range.lowerBound
        while row < range.upperBound {
            let offset = row & 63
            let length = min(64 - offset, range.upperBound - row)
            let mask = length == 64 ? UInt64.max : (1 << UInt64(length)) - 1
            total += (words[row >> 6] >> UInt64(offset) & mask).nonzeroBitCount
            row += length
        }
        return total
    }

    func forEach(_ visit: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                visit(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }
}
