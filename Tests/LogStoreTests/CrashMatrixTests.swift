import Foundation
import Telemetry
import TestKit
import Testing

@testable import LogStore

/// Kills processes that write, maintain, merge and delete, looks at what they leave, and lets the senders repeat what they are not sure of.
@Suite("Crash matrix of the log store", .serialized) struct LogCrashMatrixTests {
    static let chains = 20
    static let crashesOfChain = 10

    /// What was seen over all crashes.
    private struct Tally: Sendable {
        var crashes = 0
        var rounds = 0
        var entries = 0
        var blocks = 0
        var repeated = 0
        var lost = 0
        var doubled = 0
        var wrong = 0
        var falseAlarms = 0

        mutating func add(_ other: Tally) {
            crashes += other.crashes
            rounds += other.rounds
            entries += other.entries
            blocks += other.blocks
            repeated += other.repeated
            lost += other.lost
            doubled += other.doubled
            wrong += other.wrong
            falseAlarms += other.falseAlarms
        }
    }

    @Test(
        "Killed at 200 instants under ingest, merges and deletions, a store loses nothing acknowledged and doubles nothing sent again"
    )
    func matrix() async throws {
        let total = try await withThrowingTaskGroup(of: Tally.self) { group in
            for seed in 1...UInt64(LogCrashMatrixTests.chains) { group.addTask { try await LogCrashMatrixTests.chain(seed) } }
            return try await group.reduce(into: Tally()) { $0.add($1) }
        }
        #expect(total.crashes == LogCrashMatrixTests.chains * LogCrashMatrixTests.crashesOfChain)
        print(
            "log crash matrix: seeds 1...\(LogCrashMatrixTests.chains), \(total.crashes) kills, \(total.rounds) rounds acknowledged, "
                + "\(total.entries) entries and \(total.blocks) blocks read back, \(total.repeated) rounds sent again: "
                + "\(total.lost) acknowledged rounds lost, \(total.doubled) doubled, \(total.wrong) wrong answers, "
                + "\(total.falseAlarms) false alarms")
    }

    /// One directory, killed again and again.
    private static func chain(_ seed: UInt64) async throws -> Tally {
        var random = SeededGenerator(seed: seed)
        var tally = Tally()
        let directory = try TemporaryDirectory("crash")
        var plan = CrashPlan(seed: seed)
        var twins = [[CrashEntry]](repeating: [], count: CrashPlan.senders)
        for crash in 0..<crashesOfChain {
            try plan.prepare(directory, acknowledgements: 330, using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
                try await CrashProcess<CrashedStore>(path).run()
            }
            try await check(directory, &plan, &twins, &tally, "seed \(seed), crash \(crash)")
        }
        return tally
    }

    /// Each sender's entries must be as after its last acknowledged round, or as after the one that was on its way. That one is sent
    /// again, and then its entries must be there once.
    private static func check(
        _ directory: TemporaryDirectory, _ plan: inout CrashPlan, _ twins: inout [[CrashEntry]], _ tally: inout Tally,
        _ place: String
    ) async throws {
        let store = try LogStore(directory: directory.path + "/store", options: CrashScript.options, metrics: SelfMetrics())
        let all = try CrashEntry.all(store)
        tally.crashes += 1
        tally.blocks += store.statistics.blocks
        tally.entries += all.count
        for sender in 0..<CrashPlan.senders {
            let count = try plan.acknowledged(by: sender, in: directory)
            for number in plan.done[sender]..<plan.done[sender] + count {
                CrashScript.apply(CrashScript.round(number + 1, of: sender, seed: plan.seed), to: &twins[sender])
            }
            plan.done[sender] += count
            tally.rounds += count
            let next = CrashScript.round(plan.done[sender] + 1, of: sender, seed: plan.seed)
            var after = twins[sender]
            CrashScript.apply(next, to: &after)
            judge(
                all.filter { $0.labels["sender"] == "\(sender)" }, [twins[sender], after], &tally, "\(place), sender \(sender)")
            if case .append(let batch) = next {
                _ = try await store.append(batch)
                tally.repeated += 1
            } else if case .delete(let matchers, let range) = next {
                try store.delete(matching: matchers, in: range)
            }
            plan.done[sender] += 1
            twins[sender] = after
        }
        let later = try CrashEntry.all(store)
        for sender in 0..<CrashPlan.senders {
            judge(
                later.filter { $0.labels["sender"] == "\(sender)" }, [twins[sender]], &tally,
                "\(place), sender \(sender), sent again")
        }
        let alarms = store.statistics.corruptions
        // A record that the kill tore was never acknowledged; everything else must be whole.
        tally.falseAlarms += max(0, alarms - 1)
        #expect(alarms <= 1, "\(place)")
        try store.close()
    }

    private static func judge(_ found: [CrashEntry], _ allowed: [[CrashEntry]], _ tally: inout Tally, _ place: String) {
        func counted(_ entries: [CrashEntry]) -> [CrashEntry: Int] { entries.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
        let actual = counted(found)
        if allowed.contains(where: { counted($0) == actual }) { return }
        let expected = counted(allowed[0])
        if expected.contains(where: { actual[$0.key, default: 0] < $0.value }) {
            tally.lost += 1
        } else if actual.contains(where: { $0.value > 1 }) {
            tally.doubled += 1
        } else {
            tally.wrong += 1
        }
        Issue.record("\(place): \(found.count) entries found, \(allowed.map(\.count)) expected")
    }
}
