import Telemetry
import TestKit
import Testing

@testable import LogStore

func rowSet(_ lines: [[UInt8]], step: Nanoseconds = 1_000_000, metadata: (Int) -> Labels = { _ in .empty }) -> RowSet {
    var head = StreamHead()
    for (index, line) in lines.enumerated() {
        head.append(Nanoseconds(index) * step, line[...], metadata(index), 1)
    }
    let rows = StreamHead.rows(head.chunks, in: .min ... .max)
    return rows.packed(0..<rows.count)
}

@Suite("Blocks", .ownThread)
struct BlockTests {
    @Test("Lines of every kind come back to the byte", arguments: 0..<40)
    func roundTrip(seed: Int) throws {
        var generator = LineGenerator(seed: UInt64(seed))
        let kind = seed % 5
        let lines = (0..<generator.number(1..<700)).map { _ in
            switch kind {
            case 0: generator.access()
            case 1: generator.json()
            case 2: generator.package()
            default: generator.line()
            }
        }
        let rows = rowSet(lines, step: [1, 1000, 1_000_000, 7, 1_000_000_000][kind]) {
            $0 % 3 == 0 ? ["trace": "t\($0 % 7)"] : .empty
        }
        let encoded = try BlockEncoder.encode(rows)
        let decoded = try BlockReader(bytes: encoded).rows()
        for index in 0..<rows.count {
            #expect(decoded.row(index) == rows.row(index), "seed \(seed), row \(index)")
        }
        if kind < 2 {
            #expect(rows.count < 200 || encoded.count < rows.buffers[0].count / 2)
        }
    }

    @Test("The longest line, and one of 1,000 numbers")
    func longLines() throws {
        let numbers = Array((0..<1000).map { "\($0)" }.joined(separator: " ").utf8)
        let lines = [[UInt8](repeating: 0xff, count: 256 << 10), [], numbers, numbers.map { $0 ^ 1 }]
        let rows = rowSet(lines)
        let decoded = try BlockReader(bytes: BlockEncoder.encode(rows)).rows()
        for index in lines.indices { #expect(Array(decoded.line(index)) == lines[index]) }
    }

    @Test("A search finds exactly the lines that contain the needle", arguments: 0..<40)
    func needles(seed: Int) throws {
        var generator = LineGenerator(seed: UInt64(1000 + seed))
        let lines = (0..<300).map { _ in
            switch seed % 5 {
            case 0: generator.json()
            case 1: generator.access()
            case 2: generator.timed()
            case 3: generator.package()
            default: generator.line()
            }
        }
        let reader = try BlockReader(bytes: BlockEncoder.encode(rowSet(lines)))
        for _ in 0..<60 {
            let line = lines[generator.number(0..<lines.count)]
            guard !line.isEmpty else { continue }
            let start = generator.number(0..<line.count)
            var needle = Array(line[start..<generator.number(start..<min(line.count + 1, start + 40))])
            // Now and then one that stands nowhere, or elsewhere.
            if generator.number(0..<4) == 0, !needle.isEmpty { needle[generator.number(0..<needle.count)] = 0x37 }
            let expected = lines.indices.filter { contains(lines[$0], needle) }
            let found = try BlockSearch(reader: reader).rows(containing: [Needle(needle)])
            let actual = found.map { selection in lines.indices.filter { selection.contains($0) } } ?? Array(lines.indices)
            #expect(actual == expected, "seed \(seed): \(String(decoding: needle, as: UTF8.self))")
        }
    }

    private func contains(_ line: [UInt8], _ needle: [UInt8]) -> Bool {
        guard needle.count <= line.count else { return false }
        return (0...(line.count - needle.count)).contains { line[$0..<($0 + needle.count)].elementsEqual(needle) }
    }

    @Test("Times inside lines come back, whatever form and zone they have, and cost nothing where they are the entry's own")
    func timesInLines() throws {
        var generator = LineGenerator(seed: 77)
        let lines = (0..<500).map { index in
            index % 5 == 0 ? generator.timed() : generator.timed(at: Nanoseconds(index) * 1_000_000)
        }
        let rows = rowSet(lines)
        let decoded = try BlockReader(bytes: BlockEncoder.encode(rows)).rows()
        for index in lines.indices { #expect(Array(decoded.line(index)) == lines[index]) }
        let own = (0..<2000).map { index in LineGenerator.isoLine(at: Nanoseconds(index) * 1_000_000) }
        #expect(try BlockEncoder.encode(rowSet(own)).count < 2000)
    }

    @Test(
        "Words that stand nowhere are known to be absent without a line rebuilt",
        arguments: [" absentword ", "absentword", "zq7x4"])
    func absent(needle: String) throws {
        var generator = LineGenerator(seed: 5)
        let reader = try BlockReader(bytes: BlockEncoder.encode(rowSet((0..<500).map { _ in generator.access() })))
        #expect(try !reader.trigrams().mayContain(Array(needle.utf8)))
        #expect(try BlockSearch(reader: reader).rows(containing: [Needle(Array(needle.utf8))])?.isEmpty == true)
    }

    @Test("A flipped bit anywhere in a block is found or harmless, never a crash and never a wrong line")
    func flippedBytes() throws {
        var generator = LineGenerator(seed: 9)
        let rows = rowSet((0..<60).map { _ in generator.access() })
        let encoded = try BlockEncoder.encode(rows)
        for index in stride(from: 0, to: encoded.count, by: 3) {
            var damaged = encoded
            damaged[index] ^= UInt8(1 << (index / 3 % 8))
            guard let decoded = try? BlockReader(bytes: damaged).rows() else { continue }
            #expect(decoded.buffers == rows.buffers, "byte \(index)")
        }
        for length in stride(from: 0, to: encoded.count, by: 17) {
            // The filters come last: without them the rows are still there.
            guard let decoded = try? BlockReader(bytes: Array(encoded[..<length])).rows() else { continue }
            #expect(decoded.buffers == rows.buffers, "cut at \(length)")
        }
    }

    @Test(
        "Integers come back whatever their size",
        arguments: [
            [], [0], [.min, .max, 0, -1, 1], Array(0..<1000), Array(stride(from: Int64(5), to: 5000, by: 7)),
            (0..<600).map { Int64($0 * $0 % 977) }, [.max, .min, .max],
        ] as [[Int64]])
    func integers(values: [Int64]) throws {
        var writer = ByteWriter()
        IntegerColumn.encode(values, into: &writer)
        var reader = ByteReader(writer.bytes[...])
        #expect(try IntegerColumn.decode(values.count, from: &reader) == values)
        #expect(reader.remaining == 0)
    }

    @Test("Times come back, and coarse ones take less room")
    func times() throws {
        for unit: Int64 in [1, 1000, 1_000_000, 1_000_000_000] {
            let times = (0..<100).map { Nanoseconds($0 * $0) * unit - 50 * unit }
            let encoded = TimeColumn.encode(times)
            #expect(try TimeColumn.decode(encoded, count: 100) == times)
            #expect(encoded.count < 250)
        }
        let extremes: [Nanoseconds] = [.min, 0, .max]
        #expect(try TimeColumn.decode(TimeColumn.encode(extremes), count: 3) == extremes)
    }
}
