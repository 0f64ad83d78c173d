import Ingest
import Testing

@Suite("Names of messages that may be sent again")
struct RepetitionCounterTests {
    private func names(_ messages: [String]) -> [String] {
        let counter = RepetitionCounter()
        return messages.map { counter.identity(of: Array($0.utf8)[...]) }
    }

    @Test("Equal messages of one connection have different names, and the same ones on the next")
    func again() {
        let first = names(["a", "b", "a", "a"])
        #expect(Set(first).count == 4)
        #expect(names(["a", "b", "a", "a"]) == first)
        #expect(first[0].count == 16 && first[2] == first[0] + "-1")
    }

    @Test("What lies thousands of messages back is forgotten")
    func bounded() {
        let counter = RepetitionCounter()
        let name = counter.identity(of: [1])
        for number in 0..<2 * RepetitionCounter.capacity {
            _ = counter.identity(of: Array("\(number)".utf8)[...])
        }
        #expect(counter.identity(of: [1]) == name)
    }
}
