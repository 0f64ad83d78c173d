import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Which slots have which labels")
struct HeadIndexTests {
    @Test("Slots that are used again find their places", arguments: [21, 22, 23, 24] as [UInt64]) func reuse(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var index = HeadIndex()
        var held: [UInt32: Labels] = [:]
        for round in 0..<20 {
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                let slot = UInt32.random(in: 0..<300, using: &random)
                guard held[slot] == nil else { continue }
                let labels = Labels([
                    Label("a", "\(Int.random(in: 0..<3, using: &random))"),
                    Label("b", "\(Int.random(in: 0..<40, using: &random))"),
                ])
                held[slot] = labels
                index.add(labels, slot: Int(slot))
                let all = held.values.count { $0["a"] == labels["a"] }
                #expect(index.count("a", labels["a"] ?? "") == all, "seed \(seed), round \(round)")
            }
            index.settle()
            let dead = Set(held.keys.filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
            index.remove(dead, labels: dead.compactMap { held[$0] })
            for slot in dead { held[slot] = nil }
            for name in ["a", "b"] {
                let expected = Dictionary(grouping: held.keys, by: { held[$0]?[name] ?? "" }).mapValues { $0.sorted() }
                #expect(Set(index.values(of: name)) == Set(expected.keys), "seed \(seed), round \(round)")
                for (value, slots) in expected { #expect(index.postings(name, value) == slots, "seed \(seed), round \(round)") }
            }
        }
    }
}
