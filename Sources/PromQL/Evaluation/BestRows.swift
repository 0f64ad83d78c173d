/// The rows with the largest or smallest values at one step, without bringing all of them in order.
enum BestRows {
    /// Beyond that many, sorting all is cheaper than keeping a list of the best.
    private static let maximumKept = 64

    /// Places of the rows that `topk` and `bottomk` keep, the best first; of equals those that come first. NaN is worst either way.
    static func indexes(of rows: [Row], at step: Int, count: Int, isTop: Bool) -> [Int] {
        func precedes(_ left: Double, _ right: Double) -> Bool {
            isTop ? Ordering.descending(left, right) : Ordering.ascending(left, right)
        }
        guard count < min(rows.count, maximumKept) else {
            let present = rows.indices.filter { !rows[$0].values[step].isAbsent }
            let sorted = present.sorted { left, right in
                let (a, b) = (rows[left].values[step], rows[right].values[step])
                return precedes(a, b) || (!precedes(b, a) && left < right)
            }
            return Array(sorted.prefix(count))
        }
        var best: [(value: Double, index: Int)] = []
        best.reserveCapacity(count + 1)
        for index in rows.indices {
            let value = rows[index].values[step]
            guard !value.isAbsent else { continue }
            if best.count == count, let worst = best.last, !precedes(value, worst.value) { continue }
            var place = best.count
            while place > 0, precedes(value, best[place - 1].value) { place -= 1 }
            best.insert((value, index), at: place)
            if best.count > count { best.removeLast() }
        }
        return best.map(\.index)
    }
}
