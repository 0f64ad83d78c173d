import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("Records of the write-ahead log")
struct WALRecordTests {
    @Test("A batch comes back with streams, times, metadata and lines", arguments: 0..<20)
    func roundTrip(seed: Int) throws {
        var generator = LineGenerator(seed: UInt64(seed))
        var batch = LogBatch()
        for _ in 0..<generator.number(1..<50) {
            let labels: Labels = ["app": "a\(generator.number(0..<4))"]
            let metadata: Labels = generator.number(0..<2) == 0 ? .empty : ["__id__": "\(generator.number(0..<3))"]
            let time = Nanoseconds.random(in: .min ... .max, using: &generator.random)
            batch.append(labels, at: time, line: generator.line(), metadata: metadata)
        }
        let record = WALRecord.encode(42, batch)
        let header = try #require(WALRecord.Header(record[...]))
        #expect(header.payloadLength == record.count - WALRecord.headerBytes)
        let (sequence, decoded) = try WALRecord.decode(record[WALRecord.headerBytes...], rawLength: header.rawLength)
        #expect(sequence == 42)
        #expect(decoded.streams == batch.streams)
        for (left, right) in zip(decoded.entries, batch.entries) {
            #expect(left.timestamp == right.timestamp && left.stream == right.stream, "seed \(seed)")
            #expect(decoded.line(of: left) == batch.line(of: right), "seed \(seed)")
            #expect(decoded.metadata(of: left) == batch.metadata(of: right), "seed \(seed)")
        }
        #expect(decoded.count == batch.count)
    }

    @Test("A header with any bit flipped is no header")
    func header() {
        let record = WALRecord.encode(1, batch([(1, "x")]))
        for bit in 0..<(WALRecord.headerBytes * 8) {
            var damaged = record
            damaged[bit / 8] ^= UInt8(1 << (bit % 8))
            #expect(WALRecord.Header(damaged[...]) == nil)
        }
        #expect(WALRecord.Header(record[..<19]) == nil)
    }
}
