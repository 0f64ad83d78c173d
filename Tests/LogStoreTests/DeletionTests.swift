import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("Deletion and snapshots")
struct DeletionTests {
    /// Whether a text stands anywhere in the files of a store.
    private func stands(_ text: String, in directory: String) throws -> Bool {
        for name in try Files.list(directory) {
            let path = directory + "/" + name
            if name == "wal" || name == "blocks" {
                if try stands(text, in: path) { return true }
            } else if Needle.find(Array(text.utf8), in: try Files.readAll(path)[...]) != nil {
                return true
            }
        }
        return false
    }

    @Test("What was deleted is hidden at once, and its bytes are gone from blocks and log")
    func bytesAreGone() async throws {
        let directory = try TemporaryDirectory("delete")
        var store = try openStore(directory)
        // In a block, in the log, and of another stream.
        _ = try await store.append(batch((0..<60).map { (Nanoseconds($0), "mail qxjzwvkpa\($0 % 3)b sent") }))
        try store.maintain(now: second)
        _ = try await store.append(batch((60..<70).map { (Nanoseconds($0), "mail qxjzwvkpa9b again") }))
        _ = try await store.append(batch([(5, "of another stream")], ["app": "db"]))
        #expect(try stands("qxjzwvkpa", in: directory.path + "/logs"))
        #expect(try store.delete(matching: [.equal("app", "web")], in: 0..<65) == 1)
        #expect(try texts(readAll(store, [.equal("app", "web")])) == Array(repeating: "mail qxjzwvkpa9b again", count: 5))
        #expect(try store.delete(matching: [.equal("app", "web")], in: 65..<70) == 1)
        #expect(try store.delete(matching: [.equal("app", "nobody")], in: 0..<65) == 0)
        #expect(try !stands("qxjzwvkpa", in: directory.path + "/logs"))
        #expect(!Files.exists(store.deletionsPath))
        _ = try await store.append(batch([(6, "new in the same range")]))
        try store.close()
        store = try openStore(directory)
        #expect(try texts(readAll(store)) == ["of another stream", "new in the same range"])
        try store.close()
    }

    @Test("A deletion that a crash cut short hides its entries after the restart, and is finished by maintenance")
    func unfinished() async throws {
        let directory = try TemporaryDirectory("delete")
        var store = try openStore(directory)
        _ = try await store.append(batch((0..<60).map { (Nanoseconds($0), "entry \($0)") }))
        try store.maintain(now: second)
        let promise = Deletion(streams: [["app": "web"]], range: 10..<50, throughFile: 1, throughSequence: 1)
        try Files.replace(store.deletionsPath, in: directory.path + "/logs", with: Deletion.encode([promise]))
        try store.close()
        store = try openStore(directory)
        let left = (0..<10).map { "entry \($0)" } + (50..<60).map { "entry \($0)" }
        #expect(try texts(readAll(store)) == left)
        #expect(try groupedTexts(store) == left.sorted())
        try store.maintain(now: second)
        #expect(!Files.exists(store.deletionsPath))
        #expect(try texts(readAll(store)) == left)
        #expect(store.statistics.blockLines == 20)
        try store.close()
    }

    @Test("A snapshot holds what was acknowledged before it, opens as a store, and the original goes on")
    func snapshot() async throws {
        let directory = try TemporaryDirectory("snapshot")
        let store = try openStore(directory)
        let identified: Labels = [LogStore.retryIdentityLabel: "0"]
        _ = try await store.append(batch((0..<60).map { (Nanoseconds($0), "entry \($0)") }, metadata: identified))
        try store.maintain(now: second)
        _ = try await store.append(batch([(60, "in the head")]))
        let summary = try store.snapshot(to: directory.path + "/copy")
        #expect(summary.lines == 61)
        let error = #expect(throws: LogStoreError.self) { try store.snapshot(to: directory.path + "/copy") }
        #expect(error?.code == .invalid)
        _ = try await store.append(batch([(61, "later")]))
        try store.delete(matching: [], in: 0..<10)
        #expect(try readAll(store).count == 52)
        try store.close()
        let restored = try LogStore.restore(snapshot: directory.path + "/copy", to: directory.path + "/new/logs") { _ in }
        #expect(restored.blockLines == 61)
        let copy = try TemporaryDirectory("restored")
        try Files.rename(directory.path + "/new/logs", to: copy.path + "/logs")
        let opened = try openStore(copy)
        #expect(try texts(readAll(opened)) == (0..<60).map { "entry \($0)" } + ["in the head"])
        // It remembers what senders may repeat.
        let again = try await opened.append(batch([(3, "entry 3")], metadata: identified))
        #expect(again.stored == [false])
        try opened.close()
        #expect(throws: LogStoreError.self) {
            try LogStore.restore(snapshot: directory.path + "/logs/wal", to: directory.path + "/other") { _ in }
        }
    }
}

/// All lines of a store, read by groups, sorted.
func groupedTexts(
    _ store: LogStore, containing literals: [[UInt8]] = [], range: Range<Nanoseconds> = 0..<Nanoseconds.max
) throws -> [String] {
    var found: [String] = []
    for stream in try store.select(LogSelection(matchers: [], range: range, requiredLiterals: literals)) {
        try stream.forEachGroup { group in
            let columns = try (0..<group.variableCount).map { try group.strings(of: $0) }
            let times = group.times
            for row in 0..<group.count {
                var line = group.texts[0]
                for (variable, column) in columns.enumerated() {
                    line += column.text(ofRow: row) + group.texts[variable + 1]
                }
                found.append(String(decoding: line, as: UTF8.self))
            }
            // Rebuilding gives the same.
            try group.forEachRow(where: { $0 % 2 == 0 }) { index, row in
                #expect(row.timestamp == times[index])
                #expect(String(decoding: row.line, as: UTF8.self) == found[found.count - group.count + index])
                return true
            }
            return true
        }
    }
    return found.sorted()
}
