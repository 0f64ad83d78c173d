import Telemetry
import TestKit
import Testing

@testable import LogStore

let second: Nanoseconds = 1_000_000_000

/// Opens a store whose blocks are small.
func openStore(
    _ directory: TemporaryDirectory, metrics: SelfMetrics = SelfMetrics(), blockLines: Int = 50, retention: Nanoseconds? = nil,
    maximumStreams: Int = 1000, report: @escaping @Sendable (String) -> Void = { _ in }
) throws -> LogStore {
    var options = LogStore.Options()
    options.blockLines = blockLines
    options.blockAge = 600 * second
    options.retention = retention
    options.maximumStreams = maximumStreams
    return try LogStore(directory: directory.path + "/logs", options: options, metrics: metrics, report: report)
}

/// Everything of a stream, read through the store.
func readAll(
    _ store: LogStore, _ matchers: [LabelMatcher] = [], range: Range<Nanoseconds> = 0..<Nanoseconds.max,
    direction: LogSelection.Direction = .forward, containing literals: [[UInt8]] = []
) throws -> [LogRow] {
    var rows: [LogRow] = []
    let selection = LogSelection(matchers: matchers, range: range, direction: direction, requiredLiterals: literals)
    for stream in try store.select(selection) {
        try stream.forEach { row in
            rows.append(LogRow(timestamp: row.timestamp, line: ArraySlice(Array(row.line)), metadata: row.metadata))
            return true
        }
    }
    return rows
}

func batch(_ lines: [(Nanoseconds, String)], _ labels: Labels = ["app": "web"], metadata: Labels = .empty) -> LogBatch {
    var batch = LogBatch()
    for (time, line) in lines { batch.append(labels, at: time, line: line.utf8, metadata: metadata) }
    return batch
}

func texts(_ rows: [LogRow]) -> [String] { rows.map { String(decoding: $0.line, as: UTF8.self) } }

@Suite("The store as a whole")
struct LogStoreTests {
    @Test("What was appended is read back at once, after blocks were written, and after a restart")
    func appendAndRead() async throws {
        let directory = try TemporaryDirectory("logs")
        var store = try openStore(directory)
        let lines = (0..<120).map { (Nanoseconds($0) * second, "request \($0) took \($0 * 3) ms") }
        #expect(try await store.append(batch(lines)) == AppendOutcome(accepted: 120))
        #expect(try texts(readAll(store)) == lines.map(\.1))
        try store.maintain(now: 200 * second)
        #expect(store.statistics.blocks == 3)
        #expect(store.statistics.headLines == 0)
        #expect(store.statistics.logBytes == 0)
        #expect(try texts(readAll(store)) == lines.map(\.1))
        #expect(try texts(readAll(store, direction: .backward)) == lines.map(\.1).reversed())
        #expect(
            try texts(readAll(store, range: (5 * second)..<(7 * second))) == ["request 5 took 15 ms", "request 6 took 18 ms"])
        try store.close()
        #expect(throws: LogStoreError.self) { _ = try readAll(store) }
        store = try openStore(directory)
        #expect(try texts(readAll(store)) == lines.map(\.1))
        try store.close()
    }

    @Test("A young head stays in memory until it is old enough")
    func blockAge() async throws {
        let directory = try TemporaryDirectory("logs")
        let store = try openStore(directory)
        _ = try await store.append(batch([(second, "one")]))
        try store.maintain(now: 100 * second)
        #expect(store.statistics.blocks == 0)
        try store.maintain(now: 701 * second)
        #expect(store.statistics.blocks == 1)
        try store.close()
    }

    @Test("Heads are written when nothing comes for a while, if they are worth a block", arguments: [100, 3000])
    func quietStore(lines: Int) async throws {
        let directory = try TemporaryDirectory("logs")
        let store = try LogStore(directory: directory.path, metrics: SelfMetrics())
        let text = String(repeating: "a long line ", count: 40)
        func append(_ lines: Range<Int>) async throws {
            _ = try await store.append(batch(lines.map { (Nanoseconds($0) * 1_000_000, "\(text)\($0)") }))
        }
        try await append(0..<lines)
        try store.maintain(now: 100 * second)
        try await append(lines..<2 * lines)
        try store.maintain(now: 104 * second)
        #expect(store.statistics.blocks == 0)
        try store.maintain(now: 106 * second)
        #expect(store.statistics.blocks == 0)
        try store.maintain(now: 107 * second)
        let isWorthIt = 2 * lines * text.utf8.count > 1 << 20
        #expect(store.statistics.headLines == (isWorthIt ? 0 : 2 * lines))
        #expect(try readAll(store).count == 2 * lines)
        try store.close()
    }

    @Test("Heads that outgrow maintenance are written without it")
    func urgentHeads() async throws {
        let directory = try TemporaryDirectory("logs")
        var options = LogStore.Options()
        (options.headBytes, options.urgentHeadBytes) = (100_000, 200_000)
        let store = try LogStore(directory: directory.path, options: options, metrics: SelfMetrics())
        var expected: [String] = []
        for round in 0..<60 {
            let lines = (0..<100).map { "round \(round) line \($0) " + String(repeating: "x", count: 100) }
            expected += lines
            _ = try await store.append(batch(lines.map { (Nanoseconds(expected.count) * 1000, $0) }))
            #expect(store.statistics.headBytes <= 2 * options.urgentHeadBytes, "round \(round)")
        }
        #expect(store.statistics.blocks > 0)
        #expect(try Set(texts(readAll(store))) == Set(expected))
        try store.close()
        let reopened = try LogStore(directory: directory.path, options: options, metrics: SelfMetrics())
        #expect(try readAll(reopened).count == expected.count)
        try reopened.close()
    }

    @Test("A second store on one directory is refused")
    func exclusive() throws {
        let directory = try TemporaryDirectory("logs")
        let store = try openStore(directory)
        let error = #expect(throws: LogStoreError.self) { _ = try openStore(directory) }
        #expect(error?.code == .directoryInUse)
        try store.close()
        try openStore(directory).close()
    }

    @Test("Streams beyond the limit are refused and counted, others are kept")
    func tooManyStreams() async throws {
        let directory = try TemporaryDirectory("logs")
        let metrics = SelfMetrics()
        let store = try openStore(directory, metrics: metrics, maximumStreams: 2)
        var mixed = LogBatch()
        for app in ["a", "b", "c"] { mixed.append(["app": app], at: 1, line: app.utf8) }
        let outcome = try await store.append(mixed)
        #expect(outcome == AppendOutcome(accepted: 2, refused: ["too_many_streams": 1], stored: [true, true, false]))
        #expect(try texts(readAll(store)) == ["a", "b"])
        #expect(metrics.value("magewatch_log_store_refused_total", ["reason": "too_many_streams"]) == 1)
        try store.close()
    }

    @Test("A line that is too long is cut and marked")
    func longLine() async throws {
        let directory = try TemporaryDirectory("logs")
        let store = try openStore(directory)
        var long = LogBatch()
        long.append(["a": "b"], at: 1, line: [UInt8](repeating: 0x78, count: LogBatch.maximumLineBytes + 1))
        long.append(["a": "b"], at: 2, line: [UInt8](repeating: 0x79, count: LogBatch.maximumLineBytes))
        #expect(try await store.append(long).accepted == 2)
        let rows = try readAll(store)
        #expect(rows[0].line.count == LogBatch.maximumLineBytes + 6)
        #expect(String(decoding: rows[0].line.suffix(8), as: UTF8.self) == "xx [cut]")
        #expect(rows[1].line.count == LogBatch.maximumLineBytes)
        try store.close()
    }

    @Test("What is past its retention is gone, and refused when it comes again")
    func retention() async throws {
        let directory = try TemporaryDirectory("logs")
        let store = try openStore(directory, retention: 1000 * second)
        _ = try await store.append(batch([(10 * second, "old")]))
        try store.maintain(now: 20 * second)
        try store.maintain(now: 700 * second)
        #expect(store.statistics.files == 1)
        _ = try await store.append(batch([(900 * second, "young")], ["app": "db"]))
        try store.maintain(now: 1100 * second)
        #expect(try texts(readAll(store)) == ["young"])
        #expect(store.statistics.files == 0)
        #expect(store.statistics.streams == 1)
        #expect(try await store.append(batch([(10 * second, "old")])) == AppendOutcome(refused: ["too_old": 1], stored: [false]))
        try store.close()
    }

    @Test("Label names, values and streams are those with entries in the range")
    func labels() async throws {
        let directory = try TemporaryDirectory("logs")
        let store = try openStore(directory)
        _ = try await store.append(batch([(10, "x")], ["app": "web", "host": "a"]))
        _ = try await store.append(batch([(20, "y")], ["app": "db"]))
        #expect(try store.labelNames(matchingAny: [], in: 0..<100) == ["app", "host"])
        #expect(try store.labelValues(of: "app", matchingAny: [], in: 0..<15) == ["web"])
        #expect(try store.streams(matchingAny: [[.equal("app", "db")], [.equal("host", "a")]], in: 0..<100).count == 2)
        #expect(try texts(readAll(store, [.equal("app", "db")])) == ["y"])
        try store.close()
    }

    @Test("A subscriber sees batches as they become durable")
    func subscription() async throws {
        let directory = try TemporaryDirectory("logs")
        let store = try openStore(directory)
        var tail = store.subscribe().makeAsyncIterator()
        _ = try await store.append(batch([(10, "x")]))
        #expect(await tail.next()?.count == 1)
        try store.close()
        #expect(await tail.next() == nil)
    }

    @Test("Appends that come at the same time are all kept")
    func concurrentAppends() async throws {
        let directory = try TemporaryDirectory("logs")
        let store = try openStore(directory)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<50 {
                group.addTask { try await store.append(batch([(Nanoseconds(task), "task \(task)")])).accepted }
            }
            for try await accepted in group { #expect(accepted == 1) }
        }
        #expect(try texts(readAll(store)) == (0..<50).map { "task \($0)" })
        try store.close()
    }

    @Test("A reader beside appends and maintenance sees every entry acknowledged before it once, in order")
    func readWhileWriting() async throws {
        let directory = try TemporaryDirectory("logs")
        let store = try openStore(directory, blockLines: 20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<60 { try store.maintain(now: Nanoseconds(round) * second) }
            }
            group.addTask {
                for _ in 0..<40 {
                    let found = try texts(readAll(store))
                    #expect(found == (0..<found.count).map { "entry \($0)" })
                }
            }
            for index in 0..<150 {
                _ = try await store.append(batch([(Nanoseconds(index), "entry \(index)")]))
                if index % 25 == 0 { #expect(try readAll(store).count == index + 1) }
            }
            try await group.waitForAll()
        }
        #expect(try readAll(store).count == 150)
        try store.close()
    }
}
