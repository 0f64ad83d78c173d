import Compression
import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("The layout of blocks", .ownThread)
struct BlockLayoutTests {
    private static func packages(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var generator = LineGenerator(seed: seed)
        return (0..<count).map { _ in generator.package() }
    }

    @Test("Lines whose names are no numbers are cut by their common words, into few shapes")
    func commonWords() throws {
        let rows = rowSet(BlockLayoutTests.packages(3000, seed: 3).filter { $0.starts(with: Array("status".utf8)) })
        let text = rows.buffers[0]
        let lines = rows.rows.map { ValueRange($0.start..<$0.end) }
        let times = rows.rows.map(\.timestamp)
        let byTokens = ShapedText(text, lines, times: times, .tokens, leastRows: 2, takesAll: true)
        let shaped = ShapedText.lines(text, lines, times, leastRows: 2)
        #expect(byTokens.shapesOfFirstRows > 10 * ShapedText.probeShapes)
        #expect(shaped.shapesOfFirstRows <= 16 && shaped.wholeCount < 10)
        // Names and versions repeat, and stand in columns of their own now.
        #expect(try BlockEncoder.encode(rows).count * 6 < text.count)
    }

    @Test("A word is common by its share of the lines, and never with a digit in it")
    func shares() {
        let lines = (0..<400).map { Array("all \($0 % 8 == 0 ? "eighth" : "other\($0)") id7".utf8) }
        let text = lines.flatMap { $0 }
        var start = 0
        let ranges = lines.map { line in
            defer { start += line.count }
            return ValueRange(start..<start + line.count)
        }
        let quarter = CommonWords(text, ranges, share: 4)
        let sixteenth = CommonWords(text, ranges, share: 16)
        func has(_ words: CommonWords, _ word: String) -> Bool { words.contains(Words.hash(Array(word.utf8))) }
        #expect(has(quarter, "all") && !has(quarter, "eighth") && !has(quarter, "id7") && !has(quarter, "other1"))
        #expect(has(sixteenth, "all") && has(sixteenth, "eighth") && !has(sixteenth, "id7"))
    }

    @Test("A block of version 2, which knows no zstd, is read", arguments: 0..<6)
    func versionTwo(seed: Int) throws {
        var generator = LineGenerator(seed: UInt64(seed))
        let rows = rowSet((0..<60).map { _ in seed % 2 == 0 ? generator.json() : generator.access() })
        let block = try BlockEncoder.encode(rows)
        var prefix = ByteReader(block[...])
        let length = Int(try prefix.fixed32())
        let body = block[(BlockFormat.prefixBytes + length)...]
        var reader = ByteReader(block[BlockFormat.prefixBytes..<(BlockFormat.prefixBytes + length)])
        let table = try BlockFormat.Table(from: &reader)
        try #require(!table.sections.contains { $0.isZstd })
        var old = ByteWriter()
        old.byte(2)
        old.count(table.rows)
        old.count(table.textBytes)
        old.count(table.sections.count)
        for section in table.sections {
            old.count(section.number << 4 | Int(section.kind.rawValue))
            old.count(section.rawLength)
            old.count(section.storedLength)
            old.fixed32(section.checksum)
        }
        var writer = ByteWriter()
        writer.fixed32(UInt32(old.bytes.count))
        writer.fixed32(CRC32C.checksum(old.bytes))
        #expect(try BlockReader(bytes: writer.bytes + old.bytes + body).rows().buffers == rows.buffers, "seed \(seed)")
    }

    @Test("A set of hashes holds what the library's set does", arguments: 0..<8)
    func hashes(seed: Int) {
        var generator = LineGenerator(seed: UInt64(40 + seed))
        var (own, twin) = (HashSet(), Set<UInt64>())
        for _ in 0..<generator.number(0..<9000) {
            // Few different ones, and such as fall on the same slot.
            let hash = UInt64(generator.number(0..<3000)) << UInt64(seed * 8)
            own.insert(hash)
            twin.insert(hash)
        }
        var found = Set<UInt64>()
        own.forEach { #expect(found.insert($0).inserted, "seed \(seed)") }
        #expect(found == twin && own.count == twin.count, "seed \(seed)")
    }
}
