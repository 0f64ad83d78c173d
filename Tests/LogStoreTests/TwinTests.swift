import Telemetry
import TestKit
import Testing

@testable import LogStore

/// The store as it would be without any cleverness: a list.
private struct Twin {
    var entries: [(labels: Labels, row: LogRow)] = []

    func rows(_ labels: Labels, _ range: Range<Nanoseconds>, backward: Bool) -> [LogRow] {
        let wanted = entries.filter { $0.labels == labels && range.contains($0.row.timestamp) }.map(\.row)
        let sorted = wanted.enumerated()
            .sorted { ($0.element.timestamp, $0.offset) < ($1.element.timestamp, $1.offset) }
            .map(\.element)
        return backward ? sorted.reversed() : sorted
    }
}

@Suite("The store against a naive twin", .ownThread)
struct TwinTests {
    @Test("Appends out of order, deletions, merges and restarts at any moment change no answer", arguments: 0..<12)
    func property(seed: Int) async throws {
        let directory = try TemporaryDirectory("twin")
        var generator = LineGenerator(seed: UInt64(seed) &* 7919)
        var twin = Twin()
        var store = try openStore(directory, blockLines: 30)
        let streams: [Labels] = (0..<4).map { ["app": "app\($0)"] }
        var now: Nanoseconds = 1_000_000
        for _ in 0..<100 {
            now += 100 * second
            switch generator.number(0..<11) {
            case 0:
                try store.close()
                store = try openStore(directory, blockLines: 30)
            case 1, 2: try store.maintain(now: now)
            case 4:
                let labels = streams[generator.number(0..<streams.count)]
                let from = now - Nanoseconds(generator.number(0..<60)) * 100 * second
                let range = from..<(from + Nanoseconds(generator.number(0..<2000)) * second)
                try store.delete(matching: [.equal("app", labels["app"] ?? "")], in: range)
                twin.entries.removeAll { $0.labels == labels && range.contains($0.row.timestamp) }
            case 3: try compare(store, twin, streams, now, &generator, seed)
            default: try await append(to: store, &twin, streams, now, &generator)
            }
        }
        try compare(store, twin, streams, now, &generator, seed)
        try store.close()
    }

    private func append(
        to store: LogStore, _ twin: inout Twin, _ streams: [Labels], _ now: Nanoseconds, _ generator: inout LineGenerator
    ) async throws {
        var batch = LogBatch()
        for _ in 0..<generator.number(1..<40) {
            let labels = streams[generator.number(0..<streams.count)]
            // Times collide often, and some entries are late.
            let time = now - Nanoseconds(generator.number(0..<20)) * 20 * second
            let line = generator.line()
            let metadata: Labels = generator.number(0..<3) == 0 ? ["trace": "\(generator.number(0..<5))"] : .empty
            batch.append(labels, at: time, line: line, metadata: metadata)
            twin.entries.append((labels, LogRow(timestamp: time, line: line[...], metadata: metadata)))
        }
        #expect(try await store.append(batch).accepted == batch.count)
    }

    private func compare(
        _ store: LogStore, _ twin: Twin, _ streams: [Labels], _ now: Nanoseconds, _ generator: inout LineGenerator, _ seed: Int
    ) throws {
        let lower = Nanoseconds(generator.number(0..<7000)) * second
        let ranges = [Nanoseconds.min..<Nanoseconds.max, lower..<(lower + 500 * second)]
        for (labels, range) in streams.flatMap({ labels in ranges.map { (labels, $0) } }) {
            for direction in [LogSelection.Direction.forward, .backward] {
                let expected = twin.rows(labels, range, backward: direction == .backward)
                let found = try readAll(store, [.equal("app", labels["app"] ?? "")], range: range, direction: direction)
                #expect(found == expected, "seed \(seed)")
            }
            let needle = Array("timeout".utf8)
            let hits = try readAll(store, [.equal("app", labels["app"] ?? "")], range: range, containing: [needle])
            let expected = twin.rows(labels, range, backward: false)
            let wanted = expected.filter { contains($0, needle) }
            #expect(hits.filter { contains($0, needle) } == wanted, "seed \(seed)")
        }
    }

    private func contains(_ row: LogRow, _ needle: [UInt8]) -> Bool {
        String(decoding: row.line, as: UTF8.self).contains(String(decoding: needle, as: UTF8.self))
    }
}
