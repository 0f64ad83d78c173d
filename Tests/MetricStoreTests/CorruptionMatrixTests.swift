import Foundation
import Telemetry
import TestKit
import Testing

@testable import MetricStore

/// Damages every kind of file of a store and looks at what it says and answers.
@Suite("Corruption matrix") struct CorruptionMatrixTests {
    static let places = 300
    static let seed: UInt64 = 71
    static let hour: Milliseconds = 3_600_000

    /// How a file is damaged.
    private enum Damage: CaseIterable {
        case flippedBit, cut, missing, zeroed, garbageBehind
    }

    private static let kinds = ["block", "wal", "catalogue", "list", "metadata"]

    /// A store with all kinds of files, what it answers, and every sample that was ever written to it.
    private struct Original {
        var directory: TemporaryDirectory
        var answer: Contents
        var written: Contents
    }

    private static func change(_ options: inout MetricStore.Options) {
        options.retention = nil
        options.maximumWALSegmentBytes = 2000
        options.blockSpan = hour
        options.downsampling = [.init(resolution: 300_000, after: 0, retention: nil)]
    }

    private static func original() async throws -> Original {
        let directory = try TemporaryDirectory("corruption")
        let fixture = try StoreFixture(directory.path, change)
        var random = SeededGenerator(seed: seed)
        var histograms = (0..<6).map { _ in RandomHistograms(&random) }
        var written: Contents = [:]
        func append(_ minutes: Range<Int>) async throws {
            for start in stride(from: minutes.lowerBound, to: minutes.upperBound, by: 30) {
                var batch = SampleBatch()
                for number in 0..<6 {
                    batch.append(series(number), EmptyCollection())
                    for minute in start..<min(start + 30, minutes.upperBound) {
                        let sample = Sample(Milliseconds(minute) * 60_000, Double.random(in: 0...1, using: &random))
                        // A third of the series are histograms.
                        guard number % 3 == 2 else {
                            batch.append(sample.value, at: sample.timestamp)
                            written[series(number), default: [:]][sample.timestamp] = sample.value.bitPattern
                            continue
                        }
                        let detail = SampleDetail(histogram: histograms[number].next(&random).compacted, startTimestamp: 1)
                        batch.append(sample.value, detail, at: sample.timestamp)
                        written[series(number), default: [:]][sample.timestamp] = fingerprint(sample.value, detail)
                    }
                }
                batch.setMetadata(MetricMetadata(kind: .counter, help: "until \(start)"), of: "requests_total")
                _ = try await fixture.store.append(batch)
            }
        }
        // Merged blocks, condensed ones, blocks of an hour, a deletion that no block has carried out, and segments with samples before and behind it.
        try await append(0..<16 * 60)
        for _ in 0..<4 { try fixture.store.maintain(now: 17 * hour) }
        try await append(16 * 60..<19 * 60)
        try fixture.store.delete(matching: [.equal("instance", "i4")], in: 2 * hour...18 * hour)
        try await append(19 * 60..<20 * 60)
        let answer = try fixture.contents()
        #expect(fixture.store.cardinality(top: 0).resolutions.count == 2)
        try fixture.store.close()
        return Original(directory: directory, answer: answer, written: written)
    }

    private static func candidates(_ directory: TemporaryDirectory, _ kind: String) throws -> [URL] {
        switch kind {
        case "block": try files(directory, "blocks", ".block")
        case "wal": try files(directory, "wal", ".wal")
        case "list": [directory.url.appendingPathComponent("wal/list")]
        default: [directory.url.appendingPathComponent(kind)]
        }
    }

    private static func apply(_ damage: Damage, to file: URL, _ random: inout SeededGenerator) throws {
        var bytes = try Data(contentsOf: file)
        let offset = Int.random(in: 0..<bytes.count, using: &random)
        switch damage {
        case .flippedBit: bytes[offset] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case .cut: bytes = bytes.prefix(offset)
        case .missing: return try FileManager.default.removeItem(at: file)
        case .zeroed:
            // At least one bit must change.
            let place = bytes[offset...].firstIndex { $0 != 0 } ?? 0
            let end = min(bytes.count, place + Int.random(in: 1...600, using: &random))
            bytes.replaceSubrange(place..<end, with: Data(count: end - place))
        case .garbageBehind: bytes += Data((0..<40).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        try bytes.write(to: file)
    }

    /// What was seen over all places.
    private struct Tally {
        var places: [String: Int] = [:]
        /// Damage in bytes of samples that were deleted already: nothing to notice, as nothing is missing.
        var deleted = 0
        var unnoticed = 0
        var wrong = 0
        var lost = 0
    }

    @Test("Whatever file is damaged wherever, it is noticed, set aside and reported, and the rest answers")
    func matrix() async throws {
        let original = try await CorruptionMatrixTests.original()
        #expect(try CorruptionMatrixTests.candidates(original.directory, "block").count > 3)
        #expect(try CorruptionMatrixTests.candidates(original.directory, "wal").count > 3)
        var random = SeededGenerator(seed: CorruptionMatrixTests.seed)
        var tally = Tally()
        var rests: [String: Contents] = [:]
        for number in 0..<CorruptionMatrixTests.places {
            let kind = CorruptionMatrixTests.kinds[number % CorruptionMatrixTests.kinds.count]
            let damage = try #require(Damage.allCases.randomElement(using: &random))
            let directory = try copyDirectory(original.directory)
            let file = try #require(try CorruptionMatrixTests.candidates(directory, kind).randomElement(using: &random))
            let rest = try rests[file.lastPathComponent] ?? CorruptionMatrixTests.withoutFile(original, file, kind)
            rests[file.lastPathComponent] = rest
            try CorruptionMatrixTests.apply(damage, to: file, &random)
            tally.places[kind, default: 0] += 1
            let place = "seed \(CorruptionMatrixTests.seed), place \(number): \(damage) in \(file.lastPathComponent)"
            try await CorruptionMatrixTests.examine(directory, kind, original, rest, &tally, place)
        }
        let counts = CorruptionMatrixTests.kinds.map { "\(tally.places[$0] ?? 0) \($0)" }.joined(separator: ", ")
        print(
            "corruption matrix: seed \(CorruptionMatrixTests.seed), \(CorruptionMatrixTests.places) places (\(counts)), "
                + "\(tally.deleted) of them in what was deleted: \(tally.unnoticed) unnoticed, \(tally.wrong) wrong answers, "
                + "\(tally.lost) times more lost than what was hit")
    }

    /// - Parameter rest: what must be answered.
    private static func examine(
        _ directory: TemporaryDirectory, _ kind: String, _ original: Original, _ rest: Contents, _ tally: inout Tally,
        _ place: String
    ) async throws {
        let fixture = try StoreFixture(directory.path, change)
        // The first answer finds damaged chunks, the second goes without them.
        _ = try fixture.contents()
        let answer = try fixture.contents()
        // What was deleted may come back only where what says so was hit.
        let allowed = ["wal", "catalogue"].contains(kind) ? original.written : original.answer
        let isRight = contains(allowed, answer)
        if !isRight { tally.wrong += 1 }
        #expect(isRight, "\(place)")
        let isWhole = contains(answer, rest)
        if !isWhole { tally.lost += 1 }
        #expect(isWhole, "\(place)")
        // It goes on, and the next start has nothing to say about it any more.
        _ = try await fixture.append(series(50), 1, at: 21 * hour)
        try fixture.store.maintain(now: 21 * hour)
        try fixture.store.close()
        let again = try StoreFixture(directory.path, change)
        let later = try again.contents()
        #expect(later[series(50)] != nil)
        #expect(again.reports.all.isEmpty, "\(place): \(again.reports.all)")
        try again.store.close()
        guard fixture.reports.all.isEmpty else { return }
        let isHarmless = kind == "block" && answer == original.answer && contains(later, original.answer)
        if isHarmless { tally.deleted += 1 } else { tally.unnoticed += 1 }
        #expect(isHarmless, "\(place): nothing reported")
    }

    /// Whether one holds all samples of another.
    private static func contains(_ contents: Contents, _ part: Contents) -> Bool {
        part.allSatisfy { labels, samples in samples.allSatisfy { contents[labels]?[$0.key] == $0.value } }
    }

    /// What is to be answered at least: all that stands in no damaged file.
    private static func withoutFile(_ original: Original, _ file: URL, _ kind: String) throws -> Contents {
        guard ["block", "wal"].contains(kind) else { return original.answer }
        let copy = try copyDirectory(original.directory)
        let folder = file.deletingLastPathComponent().lastPathComponent
        try FileManager.default.removeItem(at: copy.url.appendingPathComponent("\(folder)/\(file.lastPathComponent)"))
        let fixture = try StoreFixture(copy.path, change)
        let contents = try fixture.contents()
        try fixture.store.close()
        // Without the record of a deletion more comes back than may be asked for.
        return contents.reduce(into: [:]) { result, item in
            result[item.key] = item.value.filter { original.answer[item.key]?[$0.key] == $0.value }
        }
    }
}
