/// Which rows of a block are wanted.
struct RowSelection: Sendable {
    private var words: [UInt64]
    let count: Int

    init(count: Int, all: Bool = false) {
        self.count = count
        words = [UInt64](repeating: all ? .max : 0, count: (count + 63) / 64)
        if all, count & 63 != 0 { words[words.count - 1] = (1 << UInt64(count & 63)) - 1 }
    }

    init(_ rows: [Bool]) {
        self.init(count: rows.count)
        for (row, isSelected) in rows.enumerated() where isSelected { insert(row) }
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

    /// Rows whose id is wanted and whose value is a hit, where the values of those with an id in a column stand one after the other.
    /// - Parameters:
    ///   - has: by id, whether its rows have a value.
    ///   - wanted: by id, whether its rows count.
    ///   - hits: by value.
    init(of ids: [Int32], having has: [Bool], wanted: [Bool], hits: RowSelection) {
        self.init(count: ids.count)
        var span = words.mutableSpan
        let ids = ids.span
        // Bit 0 for a value, bit 1 for one that counts.
        let kinds = zip(has, wanted).map { UInt64($0 ? 1 : 0) | UInt64($0 && $1 ? 2 : 0) }
        let kind = kinds.span
        // One word more than there are: the place behind the last value is looked at, and not counted.
        let padded = hits.words + [0]
        let hit = padded.span
        var place: UInt64 = 0
        for word in span.indices {
            var bits: UInt64 = 0
            for row in (word << 6)..<min(ids.count, (word + 1) << 6) {
                let own = kind[Int(ids[row])]
                let found = hit[Int(place &>> 6)] &>> (place & 63) & (own &>> 1)
                bits |= found &<< UInt64(row & 63)
                place &+= own & 1
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

    var isFull: Bool { count(in: 0..<count) == count }

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
