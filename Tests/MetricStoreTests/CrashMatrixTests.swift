import Foundation
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import MetricStore

/// Kills processes that write, maintain and delete, and looks at what they leave.
@Suite("Crash matrix", .serialized) struct CrashMatrixTests {
    static let chains = 20
    static let crashesOfChain = 10

    /// What was seen over all crashes.
    private struct Tally: Sendable {
        var crashes = 0
        var rounds = 0
        var samples = 0
        var blocks = 0
        var condensedBlocks = 0
        var lost = 0
        var wrong = 0
        var falseAlarms = 0
    }

    @Test("Killed at 200 instants under ingest, deletions and maintenance, a store loses nothing acknowledged and answers right")
    func matrix() async throws {
        let total = try await withThrowingTaskGroup(of: Tally.self) { group in
            for seed in 1...UInt64(CrashMatrixTests.chains) { group.addTask { try await CrashMatrixTests.chain(seed) } }
            return try await group.reduce(into: Tally()) { total, tally in
                total.crashes += tally.crashes
                total.rounds += tally.rounds
                total.samples += tally.samples
                total.blocks += tally.blocks
                total.condensedBlocks += tally.condensedBlocks
                total.lost += tally.lost
                total.wrong += tally.wrong
                total.falseAlarms += tally.falseAlarms
            }
        }
        #expect(total.condensedBlocks > 0)
        #expect(total.crashes == CrashMatrixTests.chains * CrashMatrixTests.crashesOfChain)
        print(
            "crash matrix: seeds 1...\(CrashMatrixTests.chains), \(total.crashes) kills, \(total.rounds) rounds acknowledged, "
                + "\(total.samples) samples and \(total.blocks) blocks, \(total.condensedBlocks) of them condensed, read back: \(total.lost) acknowledged rounds lost, "
                + "\(total.wrong) wrong answers, \(total.falseAlarms) false alarms")
    }

    /// One directory, killed again and again.
    private static func chain(_ seed: UInt64) async throws -> Tally {
        var random = SeededGenerator(seed: seed)
        var tally = Tally()
        let directory = try TemporaryDirectory("crash")
        var plan = CrashPlan(seed: seed)
        var twins = [Contents](repeating: [:], count: CrashPlan.senders)
        for crash in 0..<crashesOfChain {
            try plan.prepare(directory, acknowledgements: 400, using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
                try await CrashProcess<CrashedStore>(path).run()
            }
            try check(directory, &plan, &twins, &tally, "seed \(seed), crash \(crash)")
        }
        return tally
    }

    /// No bucket may count a sample that is not there, or one twice. Deletions take whole buckets, so some may be missing.
    private static func checkCondensed(_ fixture: StoreFixture, _ all: Contents, _ place: String) throws {
        let range: ClosedRange<Milliseconds> = 0...1_000_000_000_000
        for resolution in SampleReading.resolutions {
            let readers = try fixture.store.select([], in: range, for: SampleReading(.count, resolution: resolution))
            for reader in readers where reader.isCondensed {
                var columns = SampleColumns()
                try reader.read(range, into: &columns)
                let count = zip(columns.values, columns.timestamps).reduce(0.0) { $0 + ($1.0.isNaN ? 1 : $1.0) }
                #expect(count <= Double(all[reader.labels]?.count ?? 0), "\(place): \(reader.labels)")
            }
        }
    }

    /// Each sender's series must be as after its last acknowledged round, or as after the one that was on its way.
    private static func check(
        _ directory: TemporaryDirectory, _ plan: inout CrashPlan, _ twins: inout [Contents], _ tally: inout Tally,
        _ place: String
    ) throws {
        let fixture = try StoreFixture(directory.path + "/store") { $0 = CrashScript.options }
        let all = try fixture.contents()
        tally.crashes += 1
        tally.blocks += fixture.store.statistics.blocks
        tally.condensedBlocks += fixture.store.cardinality(top: 0).resolutions.dropFirst().reduce(0) { $0 + $1.blocks }
        try checkCondensed(fixture, all, place)
        for sender in 0..<CrashPlan.senders {
            let found = all.filter { $0.key["sender"] == "\(sender)" }
            let count = try plan.acknowledged(by: sender, in: directory)
            for number in plan.done[sender]..<plan.done[sender] + count {
                CrashScript.apply(CrashScript.round(number + 1, of: sender, seed: plan.seed), to: &twins[sender])
            }
            plan.done[sender] += count
            tally.rounds += count
            tally.samples += found.values.reduce(0) { $0 + $1.count }
            if found == twins[sender] { continue }
            var next = twins[sender]
            CrashScript.apply(CrashScript.round(plan.done[sender] + 1, of: sender, seed: plan.seed), to: &next)
            if found == next {
                plan.done[sender] += 1
                twins[sender] = next
                continue
            }
            let lost = twins[sender].contains { labels, samples in samples.contains { found[labels]?[$0.key] == nil } }
            if lost { tally.lost += 1 } else { tally.wrong += 1 }
            Issue.record("\(place), sender \(sender): \(lost ? "samples lost" : "wrong answer")")
            twins[sender] = found
        }
        let alarms = ["wal", "block", "catalogue", "metadata"].reduce(0.0) { sum, kind in
            sum + fixture.metrics.value("magewatch_metric_store_missing_total", ["kind": "\(kind)"])
                + fixture.metrics.value("magewatch_metric_store_corrupt_total", ["kind": "\(kind)"])
        }
        tally.falseAlarms += Int(alarms)
        #expect(alarms == 0, "\(place): \(fixture.reports.all)")
        try fixture.store.close()
    }
}
