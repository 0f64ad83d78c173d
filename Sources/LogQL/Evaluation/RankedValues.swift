/// Values of which some are asked for by rank: they are put in order no further than that needs. NaN comes first.
struct RankedValues {
    /// Shorter stretches are sorted.
    private static let sortedLength = 32

    private var values: [Double]
    /// NaNs stand before it.
    private let start: Int

    init(_ values: some Collection<Double>) {
        self.values = Array(values)
        start = self.values.partition { !$0.isNaN }
    }

    /// The value that would stand at `rank` if all were sorted.
    mutating func value(at rank: Int) -> Double {
        guard rank >= start else { return .nan }
        var (low, high) = (start, values.count)
        // Halves grow smaller each time, or chance has it that they don't: then sorting is what bounds the work.
        var attempts = 2 * (Int.bitWidth - values.count.leadingZeroBitCount)
        while high - low > RankedValues.sortedLength, attempts > 0 {
            attempts -= 1
            let pivot = pivot(low, high)
            let less = partition(low, high) { $0 < pivot }
            let equal = partition(less, high) { $0 == pivot }
            if rank < less {
                high = less
            } else if rank < equal {
                return pivot
            } else {
                low = equal
            }
        }
        values[low..<high].sort()
        return values[rank]
    }

    /// The value that would stand behind that of a rank which was just asked for.
    func value(after rank: Int) -> Double? {
        // All that stand behind it are at least as large.
        rank < start ? nil : values[(rank + 1)...].min()
    }

    /// The middle of three values.
    private func pivot(_ low: Int, _ high: Int) -> Double {
        let (first, middle, last) = (values[low], values[(low + high) / 2], values[high - 1])
        return max(min(first, middle), min(max(first, middle), last))
    }

    /// Puts the values that pass before those that don't; answers where these begin.
    private mutating func partition(_ low: Int, _ high: Int, _ passes: (Double) -> Bool) -> Int {
        var place = low
        var span = values.mutableSpan
        for index in low..<high {
            let value = span[index]
            let other = span[place]
            span[index] = other
            span[place] = value
            place += passes(value) ? 1 : 0
        }
        return place
    }
}
