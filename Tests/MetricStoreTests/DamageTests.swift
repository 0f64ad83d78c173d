import Foundation
import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("Damage on disk", .ownThread) struct DamageTests {
    /// A log of several batches, and the contents after each.
    private static func log() async throws -> (TemporaryDirectory, [Contents]) {
        let directory = try TemporaryDirectory("damage")
        let fixture = try StoreFixture(directory.path)
        var states: [Contents] = [[:]]
        for round in 0..<6 {
            var batch = SampleBatch()
            for number in 0..<3 + round % 2 {
                batch.append(series(number), Double(round * 1000 + number) / 7, at: Milliseconds(round) * 15_000)
            }
            _ = try await fixture.store.append(batch)
            states.append(try fixture.contents())
        }
        try fixture.store.close()
        return (directory, states)
    }

    @Test("A log cut at any byte opens with exactly the records that are whole") func truncation() async throws {
        let (directory, states) = try await DamageTests.log()
        let file = try #require(try files(directory, "wal", ".wal").first)
        let bytes = try Data(contentsOf: file)
        var reached = 0
        for length in 0...bytes.count {
            try bytes.prefix(length).write(to: file)
            let fixture = try StoreFixture(directory.path)
            let index = try #require(states.firstIndex(of: try fixture.contents()), "cut at \(length)")
            #expect(index >= reached, "cut at \(length)")
            reached = index
            try fixture.store.close()
        }
        #expect(reached == states.count - 1)
    }

    @Test("A flipped bit in a log costs what follows it in its segment and nothing before", arguments: [1, 2] as [UInt64])
    func flips(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let (directory, states) = try await DamageTests.log()
        let file = try #require(try files(directory, "wal", ".wal").first)
        let bytes = try Data(contentsOf: file)
        for _ in 0..<120 {
            let offset = Int.random(in: 0..<bytes.count, using: &random)
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8.random(in: 0...7, using: &random)
            try damaged.write(to: file)
            let fixture = try StoreFixture(directory.path)
            #expect(states.contains(try fixture.contents()), "seed \(seed), offset \(offset)")
            #expect(!fixture.reports.all.isEmpty, "seed \(seed), offset \(offset)")
            // It still takes samples, and what it took survives the next start.
            _ = try await fixture.append(series(50), 1, at: 1_000_000)
            try fixture.store.close()
            let again = try StoreFixture(directory.path)
            #expect(try again.contents()[series(50)] != nil)
            #expect(again.reports.all.isEmpty)
            try again.store.close()
            for extra in try files(directory, "wal", "") where extra != file { try FileManager.default.removeItem(at: extra) }
        }
    }

    @Test("A damaged block is set aside and the rest answers", arguments: [3, 4] as [UInt64])
    func blocks(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let original = try TemporaryDirectory("blocks")
        let hour: Milliseconds = 3_600_000
        do {
            let fixture = try StoreFixture(original.path)
            for number in 0..<5 {
                for step in 0..<20 {
                    _ = try await fixture.append(
                        series(number), Double.random(in: 0...1, using: &random), at: hour / 5 * Int64(step))
                }
            }
            try fixture.store.maintain(now: 10 * hour)
            #expect(fixture.store.statistics.blocks == 2)
            try fixture.store.close()
        }
        for _ in 0..<60 {
            let directory = try copyDirectory(original)
            let file = try files(directory, "blocks", ".block")[0]
            var bytes = try Data(contentsOf: file)
            let offset = Int.random(in: 0..<bytes.count, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes = bytes.prefix(offset)
            } else {
                bytes[offset] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            try bytes.write(to: file)
            let fixture = try StoreFixture(directory.path)
            _ = try fixture.contents()
            let contents = try fixture.contents()
            #expect(contents.count == 5)
            #expect(contents.values.allSatisfy { $0.count == 10 }, "seed \(seed), offset \(offset)")
            #expect(fixture.reports.all.count == 1)
            #expect(fixture.metrics.value("magewatch_metric_store_corrupt_total", ["kind": "block"]) == 1)
            #expect(try files(directory, "blocks", ".corrupt").count == 1)
        }
    }

    @Test("Blocks that can't be written are written later, and answer in between") func flushFails() async throws {
        let directory = try TemporaryDirectory("flush")
        let fixture = try StoreFixture(directory.path)
        let hour: Milliseconds = 3_600_000
        for step in 0..<10 { _ = try await fixture.append(series(1), Double(step), at: hour * Int64(step)) }
        let expected = try fixture.contents()
        let blocks = directory.url.appendingPathComponent("blocks")
        try FileManager.default.removeItem(at: blocks)
        for _ in 0..<2 {
            #expect(throws: MetricStoreError.self) { try fixture.store.maintain(now: 20 * hour) }
            #expect(try fixture.contents() == expected)
            #expect(fixture.store.statistics.walSegments == 1)
        }
        // What comes between belongs to the next flush and wins over what is frozen.
        _ = try await fixture.append(series(1), 99, at: 9 * hour)
        try FileManager.default.createDirectory(at: blocks, withIntermediateDirectories: false)
        try fixture.store.maintain(now: 20 * hour)
        #expect(fixture.store.statistics.blocks == 5)
        let final = try fixture.contents()
        #expect(final[series(1)]?.count == 10)
        #expect(final[series(1)]?[9 * hour] == 99.0.bitPattern)
        try fixture.store.close()
        #expect(try StoreFixture(directory.path).contents() == final)
    }

    @Test("A full disk refuses, keeps what was acknowledged, and heals by itself") func fullDisk() async throws {
        let directory = try TemporaryDirectory("tiny")
        let mount = Process()
        mount.executableURL = URL(fileURLWithPath: "/bin/mount")
        mount.arguments = ["-t", "tmpfs", "-o", "size=256k", "tmpfs", directory.path]
        mount.standardError = FileHandle.nullDevice
        try mount.run()
        mount.waitUntilExit()
        guard mount.terminationStatus == 0 else {
            withKnownIssue("needs the right to mount a small file system") { Issue.record("mount failed") }
            return
        }
        defer {
            let unmount = Process()
            unmount.executableURL = URL(fileURLWithPath: "/bin/umount")
            unmount.arguments = ["-l", directory.path]
            try? unmount.run()
            unmount.waitUntilExit()
        }
        var random = SeededGenerator(seed: 9)
        let fixture = try StoreFixture(directory.path)
        var twin: [Milliseconds: UInt64] = [:]
        var refusals = 0
        let ballast = directory.url.appendingPathComponent("ballast")
        try Data(count: 60_000).write(to: ballast)
        for round in 0..<400 {
            let samples = (0..<200).map { Sample(Milliseconds(round * 200 + $0) * 1000, Double(bitPattern: random.next())) }
            var batch = SampleBatch()
            batch.append(series(1), samples)
            do {
                _ = try await fixture.store.append(batch)
                for sample in samples { twin[sample.timestamp] = sample.value.bitPattern }
                if refusals > 0 { break }
            } catch let error as SinkError {
                #expect(error.code == .unavailable)
                refusals += 1
                if refusals == 3 { try FileManager.default.removeItem(at: ballast) }
            }
        }
        #expect(refusals == 3)
        #expect(fixture.metrics.value("magewatch_metric_store_write_errors_total") == 3)
        #expect(try fixture.contents()[series(1)] == twin)
        try fixture.store.close()
        let again = try StoreFixture(directory.path)
        #expect(try again.contents()[series(1)] == twin)
        #expect(again.reports.all.isEmpty)
        try again.store.close()
    }
}
