import Telemetry
import TestKit
import Testing

@testable import PromQL

@Suite("The best rows of a step") struct BestRowsTests {
    @Test(
        "They are those that come first when all are sorted, NaN last and equals in their order",
        arguments: 1...6 as ClosedRange<UInt64>)
    func sorted(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let choices: [Double] = [.nan, .absent, -1, 0, 1, 2, .infinity, -.infinity]
            let rows = (0..<Int.random(in: 0...90, using: &random)).map { _ in
                Row(labels: .empty, values: [choices.randomElement(using: &random) ?? 0])
            }
            let count = Int.random(in: 1...100, using: &random)
            for isTop in [true, false] {
                func key(_ index: Int) -> (Bool, Double, Int) {
                    let value = rows[index].values[0]
                    return (value.isNaN, value.isNaN ? 0 : isTop ? -value : value, index)
                }
                let expected = rows.indices.filter { !rows[$0].values[0].isAbsent }.sorted { left, right in
                    let (a, b) = (key(left), key(right))
                    return a.0 != b.0 ? !a.0 : a.1 != b.1 ? a.1 < b.1 : a.2 < b.2
                }.prefix(count)
                let found = BestRows.indexes(of: rows, at: 0, count: count, isTop: isTop)
                #expect(found == Array(expected), "seed \(seed), \(count) of \(rows.count), top \(isTop)")
            }
        }
    }
}
