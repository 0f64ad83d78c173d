import TestKit
import Testing

@testable import WAF

@Suite("Searching many literals at once")
struct LiteralAutomatonTests {
    @Test("It finds what a search for each literal finds", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func againstNaive(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        // Few letters, so that literals overlap and contain each other.
        func text(_ length: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: length, using: &generator)).map { _ in UInt8.random(in: 97...99, using: &generator) }
        }
        let literals = (0..<40).map { _ in text(1...6) }
        let automaton = LiteralAutomaton(literals)
        for _ in 0..<50 {
            let haystack = text(0...60)
            var found: Set<[Int]> = []
            automaton.forEachMatch(in: haystack) { found.insert([$0, $1]) }
            var expected: Set<[Int]> = []
            for (index, literal) in literals.enumerated() where haystack.count >= literal.count {
                for start in 0...haystack.count - literal.count
                where haystack[start..<start + literal.count].elementsEqual(literal) {
                    expected.insert([index, start + literal.count])
                }
            }
            #expect(found == expected, "seed \(seed)")
        }
    }

    @Test("Every byte value can stand in a literal")
    func allBytes() {
        let literals = (0...255).map { [UInt8($0)] }
        var found: [Int] = []
        LiteralAutomaton(literals).forEachMatch(in: Array(0...255)) { literal, _ in found.append(literal) }
        #expect(found == Array(0...255))
    }
}
