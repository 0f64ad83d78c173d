import TestKit
import Testing
import WAF

@Suite("What traffic there is")
struct TrafficSummaryTests {
    @Test(
        "Up to the capacity counts are exact; beyond it they are too low by no more than is said",
        arguments: [1, 2, 3] as [UInt64])
    func frequent(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for range in [40, 100_000] {
            var items = FrequentItems(capacity: 64)
            var exact: [[UInt8]: Int] = [:]
            for _ in 0..<50_000 {
                // A few values come often, most of them once.
                let draw = Int.random(in: 0..<range, using: &generator)
                let number = Bool.random(using: &generator) ? draw % 7 : draw
                let value = Array("/page/\(number)".utf8)
                exact[value, default: 0] += 1
                items.add(value[...], hash: ByteHash.of(value[...]))
            }
            #expect((items.maximumError == 0) == (range == 40), "seed \(seed)")
            #expect(items.maximumError <= 50_000 * 5 / 2 / 64, "seed \(seed)")
            for item in items.top(64) {
                let truth = exact[item.value] ?? 0
                #expect(item.count <= truth && truth <= item.count + items.maximumError, "seed \(seed)")
            }
            let often = exact.filter { $0.value > items.maximumError }.keys
            #expect(Set(items.top(.max).map(\.value)).isSuperset(of: often), "seed \(seed)")
        }
    }

    @Test("Different values are counted within three per cent", arguments: [0, 1, 100, 10_000, 300_000])
    func distinct(count: Int) {
        var distinct = DistinctCount()
        for number in 0..<count {
            for _ in 0..<2 { distinct.add(hash: ByteHash.of(Array("192.0.\(number)".utf8)[...])) }
        }
        #expect(abs(Double(distinct.estimate) - Double(count)) <= 0.03 * Double(count))
    }

    @Test("Requests, bytes, statuses, hours and the most frequent of each kind")
    func summary() {
        var summary = TrafficSummary()
        for (hour, status) in [(13, 200), (14, 200), (13, 404), (14, 503)] {
            let line =
                "shop.example 192.0.2.\(hour) - - [23/Nov/2026:\(hour):00:00 +0000] \"GET /a?x=\(status) HTTP/1.1\" \(status) 10 \"http://r\" \"ua\""
            summary.take(Array(line.utf8)[...])
        }
        summary.take(Array("nothing".utf8)[...])
        summary.settle()
        #expect(summary.requests == 4)
        #expect(summary.unparsed == 1)
        #expect(summary.bytes == 40)
        #expect(summary.statuses == [200: 2, 404: 1, 503: 1])
        #expect(summary.clientCount == 2)
        #expect(summary.pathCount == 1)
        #expect(summary.paths.top(1) == [FrequentItems.Item(value: Array("/a".utf8), count: 4)])
        #expect(summary.hosts.top(1).first?.count == 4)
        #expect(summary.agents.top(1).first?.count == 4)
        #expect(summary.referers.top(1).first?.count == 4)
        #expect(summary.hours.count == 2)
        let first = summary.hours.min { $0.key < $1.key }?.value
        #expect(first?.requests[2] == 1)
        #expect(first?.requests[4] == 1)
    }
}
