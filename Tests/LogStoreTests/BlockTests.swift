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

@Suite("Blocks")
struct BlockTests {
    @Test("Lines of every kind come back to the byte", arguments: 0..<40)
    func roundTrip(seed: Int) throws {
        var generator = LineGenerator(seed: UInt64(seed))
        let kind = seed % 4
        let lines = (0..<generator.number(1..<700)).map { _ in
            switch kind {
            case 0: generator.access()
            case 1: generator.json()
            default: generator.line()
            }
        }
        let rows = rowSet(lines, step: [1, 1000, 1_000_000, 7][kind]) { $0 % 3 == 0 ? ["trace": "t\($0 % 7)"] : .empty }
        let encoded = try BlockEncoder.encode(rows)
        let decoded = try BlockReader(bytes: encoded).rows()
        for index in 0..<rows.count {
            #expect(decoded.row(index) == rows.row(index), "seed \(seed), row \(index)")
        }
        if kind < 2 {
            #expect(try BlockReader(bytes: encoded).layout != .plain)
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

    @Test("A needle that stands in a line is never said to be absent", arguments: 0..<30)
    func needles(seed: Int) throws {
        var generator = LineGenerator(seed: UInt64(1000 + seed))
        let lines = (0..<300).map { _ in seed % 3 == 0 ? generator.json() : seed % 3 == 1 ? generator.access() : generator.line()
        }
        let reader = try BlockReader(bytes: BlockEncoder.encode(rowSet(lines)))
        for _ in 0..<200 {
            let line = lines[generator.number(0..<lines.count)]
            guard !line.isEmpty else { continue }
            let start = generator.number(0..<line.count)
            let needle = Array(line[start..<generator.number(start..<(line.count + 1))])
            #expect(try reader.mayContain([needle]), "seed \(seed): \(String(decoding: needle, as: UTF8.self))")
        }
    }

    @Test(
        "Words that stand nowhere are mostly known to be absent", arguments: [" absentword ", "absentword", "GET /absent1x HTTP"])
    func absent(needle: String) throws {
        var generator = LineGenerator(seed: 5)
        let reader = try BlockReader(bytes: BlockEncoder.encode(rowSet((0..<500).map { _ in generator.access() })))
        #expect(try !reader.mayContain([Array(needle.utf8)]))
    }

    @Test("Every flipped byte of a block is found or harmless, never a crash and never a wrong line")
    func flippedBytes() throws {
        var generator = LineGenerator(seed: 9)
        let rows = rowSet((0..<60).map { _ in generator.access() })
        let encoded = try BlockEncoder.encode(rows)
        for index in encoded.indices {
            var damaged = encoded
            damaged[index] ^= UInt8(1 << (index % 8))
            guard let decoded = try? BlockReader(bytes: damaged).rows() else { continue }
            #expect(decoded.buffers == rows.buffers, "byte \(index)")
        }
        for length in stride(from: 0, to: encoded.count, by: 7) {
            #expect(throws: LogStoreError.self) { _ = try BlockReader(bytes: Array(encoded[..<length])).rows() }
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
