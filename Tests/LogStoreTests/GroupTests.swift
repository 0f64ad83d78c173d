import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("Lines as columns", .ownThread)
struct GroupTests {
    private func filled(_ directory: TemporaryDirectory, _ lines: [[UInt8]], inHead: Int = 0) async throws -> LogStore {
        let store = try openStore(directory, blockLines: 400)
        for range in [0..<(lines.count - inHead), (lines.count - inHead)..<lines.count] where !range.isEmpty {
            var batch = LogBatch()
            for index in range { batch.append(["app": "web"], at: Nanoseconds(index) * 1_000_000, line: lines[index]) }
            _ = try await store.append(batch)
            if range.lowerBound == 0 { for hour in 0..<2 { try store.maintain(now: 3600 * second * Nanoseconds(hour)) } }
        }
        return store
    }

    @Test("Groups give every line to the byte, filtered exactly, from blocks and heads", arguments: 0..<8)
    func wholeLines(seed: Int) async throws {
        var generator = LineGenerator(seed: UInt64(seed) &+ 500)
        let lines = (0..<700).map { index in
            switch seed % 4 {
            case 0: generator.access()
            case 1: generator.json()
            case 2: generator.timed(at: Nanoseconds(index) * 1_000_000)
            default: generator.line()
            }
        }
        let directory = try TemporaryDirectory("groups")
        let store = try await filled(directory, lines, inHead: 50)
        let all = lines.map { String(decoding: $0, as: UTF8.self) }
        #expect(try groupedTexts(store) == all.sorted())
        var needles = ["GET", "level", "10", "took", "e"].map { Array($0.utf8) }
        for _ in 0..<80 {
            // From anywhere in a line: constant text, variables, and where these meet.
            let line = lines[generator.number(0..<lines.count)]
            let start = generator.number(0..<max(1, line.count))
            var needle = Array(line[start..<min(line.count, start + generator.number(1..<16))])
            if needle.isEmpty { continue }
            // Some that stand nowhere, or elsewhere.
            if generator.number(0..<4) == 0 {
                needle[generator.number(0..<needle.count)] = line[generator.number(0..<line.count)]
            }
            needles.append(needle)
        }
        for needle in needles {
            let expected = lines.filter { Needle(needle).isContained(in: $0[...]) }.map { String(decoding: $0, as: UTF8.self) }
            let name = String(decoding: needle, as: UTF8.self)
            #expect(try groupedTexts(store, containing: [needle]) == expected.sorted(), "\(name)")
            #expect(try texts(readAll(store, containing: [needle])).sorted() == expected.sorted(), "\(name)")
            #expect(try counted(store, [needle], stretch: 7_000_000) == expected.count, "\(name)")
        }
        let range = (100 * 1_000_000)..<Nanoseconds(680 * 1_000_000)
        #expect(try groupedTexts(store, range: range) == all[100..<680].sorted())
        try store.close()
    }

    /// Rows of groups whatever their shapes, counted stretch by stretch; their times must agree with the stretches.
    private func counted(_ store: LogStore, _ needles: [[UInt8]], stretch: Nanoseconds) throws -> Int {
        var total = 0
        let selection = LogSelection(matchers: [], range: 0..<Nanoseconds.max, requiredLiterals: needles)
        for stream in try store.select(selection) {
            try stream.forEachWholeGroup { group in
                var counts: [Nanoseconds: Int] = [:]
                try group.forEachStretch(endingAt: { ($0 / stretch + 1) * stretch - 1 }) { rows, end in
                    counts[end, default: 0] += rows
                }
                var expected: [Nanoseconds: Int] = [:]
                for time in group.times { expected[(time / stretch + 1) * stretch - 1, default: 0] += 1 }
                #expect(counts == expected)
                total += group.count
                return true
            }
        }
        return total
    }

    @Test("A literal across many variables is found in columns, one that might lie in too many ways in rebuilt lines")
    func straddling() async throws {
        let directory = try TemporaryDirectory("straddling")
        let lines = (0..<300).map { index in
            Array(
                "a=\(index % 7) b=\(index % 5) \"q\(index % 3) w \(index)\" c=\(index % 11)\(index % 2 == 0 ? "" : "     ") end"
                    .utf8)
        }
        let store = try await filled(directory, lines)
        let needles = [
            "3 b=2 \"q", "=3 b=2 \"q1 w 3", "\"q2", "w 29", "9\" c=", " c=10", "5 ", "     ", "0      end", " b=1 \"q0 w 6", "=",
            "\"", " ",
            String(repeating: " ", count: 40), "a=0 b=0 \"q0 w 0\" c=0 end",
        ]
        for needle in needles {
            let expected = lines.filter { Needle(Array(needle.utf8)).isContained(in: $0[...]) }.map {
                String(decoding: $0, as: UTF8.self)
            }
            #expect(try groupedTexts(store, containing: [Array(needle.utf8)]) == expected.sorted(), "\(needle)")
        }
        try store.close()
    }

    @Test("Numbers come as numbers, whichever way they are written", arguments: [0, 1, 2])
    func numbers(form: Int) async throws {
        let directory = try TemporaryDirectory("numbers")
        let values = (0..<300).map { Double($0 * 7919 % 5000) / 8 }
        let lines = values.map { value -> [UInt8] in
            switch form {
            // Python, JavaScript, and a fixed number of digits.
            case 0: Array("{\"ms\":\(value)}".utf8)
            case 1: Array("{\"ms\":\(value == value.rounded() ? "\(Int(value))" : "\(value)")}".utf8)
            default:
                Array(
                    "{\"ms\":\(Int(value)).\(["000", "125", "250", "375", "500", "625", "750", "875"][Int(value * 8) % 8])}".utf8)
            }
        }
        let store = try await filled(directory, lines)
        var found: [Double] = []
        for stream in try store.select(LogSelection(matchers: [], range: 0..<Nanoseconds.max)) {
            try stream.forEachGroup { group in
                #expect(group.texts == [Array("{\"ms\":".utf8), Array("}".utf8)])
                let numbers = try #require(try group.numbers(of: 0))
                found += (0..<group.count).map { numbers.value($0) }
                return true
            }
        }
        #expect(found == values)
        try store.close()
    }
}
