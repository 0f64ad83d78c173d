import Foundation
import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("Crashes, damage, full disks")
struct CrashTests {
    /// The only segment of the write-ahead log of a store that was closed.
    private func segment(_ directory: TemporaryDirectory) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/logs/wal")
        return directory.path + "/logs/wal/" + (try #require(names.sorted().first))
    }

    private func filled(_ directory: TemporaryDirectory, batches: Int) async throws {
        let store = try openStore(directory)
        for index in 0..<batches { _ = try await store.append(batch([(Nanoseconds(index), "entry number \(index)")])) }
        try store.close()
    }

    @Test("A write-ahead log cut at any byte gives back every whole record before the cut")
    func truncated() async throws {
        let source = try TemporaryDirectory("whole")
        try await filled(source, batches: 4)
        let bytes = try Files.readAll(try segment(source))
        let directory = try TemporaryDirectory("cut")
        try openStore(directory).close()
        let path = directory.path + "/logs/wal/0000000000000001.wal"
        var before = 0
        for length in 0...bytes.count {
            try Data(bytes[..<length]).write(to: URL(fileURLWithPath: path))
            let store = try openStore(directory)
            let found = try texts(readAll(store))
            #expect(found == (0..<found.count).map { "entry number \($0)" })
            #expect(found.count >= before, "cut at \(length)")
            before = found.count
            try store.close()
        }
        #expect(before == 4)
    }

    @Test("A flipped bit costs at most the record it stands in, and is reported")
    func flipped() async throws {
        let source = try TemporaryDirectory("whole")
        try await filled(source, batches: 3)
        let bytes = try Files.readAll(try segment(source))
        let directory = try TemporaryDirectory("flipped")
        try openStore(directory).close()
        let path = directory.path + "/logs/wal/0000000000000001.wal"
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= UInt8(1 << (index % 8))
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            let store = try openStore(directory)
            #expect(try readAll(store).count == 2, "byte \(index)")
            #expect(store.statistics.corruptions >= 1)
            try store.close()
        }
    }

    @Test("Entries are not doubled where a crash left both the block and its log")
    func blockAndLog() async throws {
        let directory = try TemporaryDirectory("both")
        try await filled(directory, batches: 60)
        let path = try segment(directory)
        let kept = try Data(contentsOf: URL(fileURLWithPath: path))
        var store = try openStore(directory)
        try store.maintain(now: second)
        #expect(store.statistics.blocks == 2)
        try store.close()
        try kept.write(to: URL(fileURLWithPath: path))
        store = try openStore(directory)
        #expect(store.statistics.headLines == 0)
        #expect(try readAll(store).count == 60)
        #expect(try await store.append(batch([(100, "new")])).accepted == 1)
        try store.close()
        store = try openStore(directory)
        #expect(try texts(readAll(store)).last == "new")
        try store.close()
    }

    @Test("A file with a damaged directory is set aside, the rest answers")
    func corruptFile() async throws {
        let directory = try TemporaryDirectory("corrupt")
        let metrics = SelfMetrics()
        var store = try openStore(directory)
        for app in ["a", "b"] {
            _ = try await store.append(batch((0..<60).map { (Nanoseconds($0), "line \($0)") }, ["app": app]))
            try store.maintain(now: second)
        }
        try store.close()
        let path = directory.path + "/logs/blocks/0000000000000001-0.logs"
        var bytes = try Files.readAll(path)
        bytes[bytes.count - 30] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        store = try openStore(directory, metrics: metrics)
        #expect(try readAll(store).count == 60)
        #expect(Files.exists(path + ".corrupt"))
        #expect(metrics.value("magewatch_log_store_corrupt_total") == 1)
        try store.close()
    }

    @Test("A damaged block is passed over and set aside, other blocks of its file answer")
    func corruptBlock() async throws {
        let directory = try TemporaryDirectory("corrupt")
        let metrics = SelfMetrics()
        var store = try openStore(directory)
        for app in ["a", "b"] {
            _ = try await store.append(batch((0..<50).map { (Nanoseconds($0), "line \($0)") }, ["app": app]))
        }
        try store.maintain(now: second)
        try store.close()
        let path = directory.path + "/logs/blocks/0000000000000001-0.logs"
        var bytes = try Files.readAll(path)
        bytes[40] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        store = try openStore(directory, metrics: metrics)
        for _ in 0..<2 { #expect(try readAll(store).count == 50) }
        #expect(metrics.value("magewatch_log_store_corrupt_total") == 1)
        #expect(Files.exists(path + ".8.corrupt"))
        try store.close()
    }

    @Test("On a full disk nothing is acknowledged; when there is room again, writing goes on")
    func fullDisk() async throws {
        let directory = try TemporaryDirectory("full")
        guard run("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.path) else {
            print("SKIPPED: mounting a small tmpfs is not permitted here")
            return
        }
        defer { _ = run("/bin/umount", "-l", directory.path) }
        let ballast = URL(fileURLWithPath: directory.path + "/ballast")
        try Data(count: 600 << 10).write(to: ballast)
        var store = try openStore(directory)
        var random = SeededGenerator(seed: 3)
        var kept = 0
        var failure: SinkError?
        for index in 0..<100 where failure == nil {
            let noise = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }
            var batch = LogBatch()
            batch.append(["app": "x"], at: Nanoseconds(index), line: noise)
            do { kept += try await store.append(batch).accepted } catch { failure = error as? SinkError }
        }
        #expect(failure?.code == .unavailable)
        #expect(try readAll(store).count == kept)
        try store.maintain(now: second)
        #expect(throws: LogStoreError.self) { try store.maintain(now: 1000 * second) }
        #expect(try readAll(store).count == kept)
        try FileManager.default.removeItem(at: ballast)
        #expect(try await store.append(batch([(1000, "room again")])).accepted == 1)
        try store.close()
        store = try openStore(directory)
        #expect(try readAll(store).count == kept + 1)
        #expect(store.statistics.corruptions == 0)
        try store.maintain(now: second)
        try store.maintain(now: 1000 * second)
        #expect(store.statistics.blockLines == kept + 1)
        #expect(try readAll(store).count == kept + 1)
        try store.close()
    }

    private func run(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
