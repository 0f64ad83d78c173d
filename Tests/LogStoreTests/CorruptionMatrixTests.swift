import Foundation
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import LogStore

/// Damages every kind of file of a store and looks at what it says and answers.
@Suite("Corruption matrix of the log store") struct LogCorruptionMatrixTests {
    static let places = 300
    static let seed: UInt64 = 83

    /// How a file is damaged.
    private enum Damage: CaseIterable {
        case flippedBit, cut, zeroed, garbageBehind
    }

    private static let kinds = ["block", "wal", "deletions", "duplicates", "identity"]

    /// A store with all kinds of files, what it answers, and every entry that was ever written to it.
    private struct Original {
        var directory: TemporaryDirectory
        var answer: Set<CrashEntry>
        var written: Set<CrashEntry>
    }

    /// What was seen over all places.
    private struct Tally {
        var places: [String: Int] = [:]
        var unnoticed = 0
        /// Damage that left a log of whole records, or hit bytes that say nothing.
        var harmless = 0
        var wrong = 0
        var lost = 0
    }

    private static func open(_ directory: TemporaryDirectory, _ reports: Reports = Reports()) throws -> LogStore {
        var options = CrashScript.options
        options.maximumLogBytes = 1 << 20
        return try LogStore(directory: directory.path + "/store", options: options, metrics: SelfMetrics()) { reports.add($0) }
    }

    private static func original() async throws -> Original {
        let directory = try TemporaryDirectory("corruption")
        var store = try open(directory)
        var generator = LineGenerator(seed: seed)
        var written: Set<CrashEntry> = []
        func append(_ numbers: Range<Int>) async throws {
            for number in numbers {
                var batch = LogBatch()
                for part in 0..<4 {
                    let line = Array("\(number).\(part) ".utf8) + generator.line()
                    batch.append(
                        ["part": "\(part)"], at: Nanoseconds(number) * second, line: line,
                        metadata: [LogStore.retryIdentityLabel: "0", "round": "\(number % 3)"])
                    written.insert(
                        CrashEntry(
                            labels: ["part": "\(part)"], timestamp: Nanoseconds(number) * second, line: line,
                            round: "\(number % 3)"))
                }
                _ = try await store.append(batch)
            }
        }
        // Merged blocks and young ones, a deletion that is not finished, and two segments of the log.
        for block in 0..<11 {
            try await append((block * 30)..<((block + 1) * 30))
            for hour in 0..<2 { try store.maintain(now: Nanoseconds(block * 2 + hour) * 3600 * second) }
        }
        try await append(400..<440)
        try store.close()
        let promise = Deletion(
            streams: [["part": "2"]], range: (50 * second)..<(90 * second), throughFile: 11, throughSequence: 330)
        try Files.replace(directory.path + "/store/deletions", in: directory.path + "/store", with: Deletion.encode([promise]))
        store = try open(directory)
        try await append(440..<460)
        let answer = Set(try CrashEntry.all(store))
        try store.close()
        return Original(directory: directory, answer: answer, written: written)
    }

    private static func candidates(_ directory: TemporaryDirectory, _ kind: String) throws -> [String] {
        let store = directory.path + "/store"
        return switch kind {
        case "block": try Files.list(store + "/blocks").filter { $0.hasSuffix(".logs") }.map { "/store/blocks/" + $0 }
        case "wal": try Files.list(store + "/wal").filter { $0.hasSuffix(".wal") }.map { "/store/wal/" + $0 }
        default: ["/store/" + kind]
        }
    }

    private static func damaged(_ bytes: [UInt8], _ damage: Damage, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let offset = Int.random(in: 0..<bytes.count, using: &random)
        switch damage {
        case .flippedBit: bytes[offset] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case .cut: bytes = Array(bytes.prefix(offset))
        case .zeroed:
            // At least one bit must change.
            let place = bytes[offset...].firstIndex { $0 != 0 } ?? bytes.firstIndex { $0 != 0 } ?? 0
            for index in place..<min(bytes.count, place + Int.random(in: 1...600, using: &random)) { bytes[index] = 0 }
        case .garbageBehind: bytes += (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        return bytes
    }

    private static func copy(_ directory: TemporaryDirectory) throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory("copy")
        try FileManager.default.copyItem(atPath: directory.path + "/store", toPath: copy.path + "/store")
        return copy
    }

    @Test("Whatever file is damaged wherever, it is noticed, set aside and reported, and the rest answers")
    func matrix() async throws {
        let original = try await LogCorruptionMatrixTests.original()
        #expect(try LogCorruptionMatrixTests.candidates(original.directory, "block").count > 2)
        #expect(try LogCorruptionMatrixTests.candidates(original.directory, "wal").count == 2)
        var random = SeededGenerator(seed: LogCorruptionMatrixTests.seed)
        var tally = Tally()
        var rests: [String: Set<CrashEntry>] = [:]
        for number in 0..<LogCorruptionMatrixTests.places {
            let kind = LogCorruptionMatrixTests.kinds[number % LogCorruptionMatrixTests.kinds.count]
            let damage = try #require(Damage.allCases.randomElement(using: &random))
            let file = try #require(
                try LogCorruptionMatrixTests.candidates(original.directory, kind).randomElement(using: &random))
            let rest = try rests[file] ?? LogCorruptionMatrixTests.withoutFile(original, file, kind)
            rests[file] = rest
            let directory = try LogCorruptionMatrixTests.copy(original.directory)
            let bytes = try Files.readAll(directory.path + file)
            try Data(LogCorruptionMatrixTests.damaged(bytes, damage, &random)).write(
                to: URL(fileURLWithPath: directory.path + file))
            tally.places[kind, default: 0] += 1
            let place = "seed \(LogCorruptionMatrixTests.seed), place \(number): \(damage) in \(file)"
            try await LogCorruptionMatrixTests.examine(directory, kind, damage, original, rest, &tally, place)
        }
        let counts = LogCorruptionMatrixTests.kinds.map { "\(tally.places[$0] ?? 0) \($0)" }.joined(separator: ", ")
        print(
            "log corruption matrix: seed \(LogCorruptionMatrixTests.seed), \(LogCorruptionMatrixTests.places) places (\(counts)): "
                + "\(tally.unnoticed) unnoticed, \(tally.harmless) harmless, \(tally.wrong) wrong answers, "
                + "\(tally.lost) times more lost than what was hit")
    }

    /// - Parameter rest: what must be answered.
    private static func examine(
        _ directory: TemporaryDirectory, _ kind: String, _ damage: Damage, _ original: Original, _ rest: Set<CrashEntry>,
        _ tally: inout Tally, _ place: String
    ) async throws {
        let reports = Reports()
        let store = try open(directory, reports)
        // The filters are read as well: damage in one must not hide a line.
        _ = try readAll(store, range: .min ..< .max, containing: [Array(" a".utf8)])
        let answer = Set(try CrashEntry.all(store))
        // What was deleted may come back only where what says so was hit.
        let isRight = answer.isSubset(of: kind == "deletions" ? original.written : original.answer)
        if !isRight { tally.wrong += 1 }
        #expect(isRight, "\(place)")
        let isWhole = answer.isSuperset(of: rest)
        if !isWhole { tally.lost += 1 }
        #expect(isWhole, "\(place)")
        // It goes on, and the next start has nothing to say about it any more.
        _ = try await store.append(batch([(900 * second, "new")]))
        for hour in 100..<102 { try store.maintain(now: Nanoseconds(hour) * 3600 * second) }
        try store.close()
        let laterReports = Reports()
        let again = try open(directory, laterReports)
        #expect(try readAll(again, [.equal("app", "web")]).count == 1)
        #expect(laterReports.all.isEmpty, "\(place): \(laterReports.all)")
        try again.close()
        guard reports.all.isEmpty else { return }
        // A log cut between two records is whole; a key is replaced without a word where its file is gone.
        let isHarmless = answer == original.answer || kind == "wal" && damage == .cut
        if isHarmless { tally.harmless += 1 } else { tally.unnoticed += 1 }
        #expect(isHarmless, "\(place): nothing reported")
    }

    /// What is to be answered at least: all that stands in no damaged file.
    private static func withoutFile(_ original: Original, _ file: String, _ kind: String) throws -> Set<CrashEntry> {
        guard kind == "block" || kind == "wal" else { return original.answer }
        let copy = try copy(original.directory)
        try Files.remove(copy.path + file)
        let store = try open(copy)
        let rest = Set(try CrashEntry.all(store))
        try store.close()
        return rest.intersection(original.answer)
    }
}

/// What a store reported.
final class Reports: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
}
