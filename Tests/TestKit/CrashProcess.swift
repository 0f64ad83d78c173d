import Foundation
import Synchronization

/// A store as a crash matrix sees it.
package protocol CrashSubject: Sendable {
    /// Rounds of a sender in one life.
    static var roundsOfLife: Int { get }

    /// Opens the store that stands in `store` of a directory.
    init(_ directory: String) throws
    /// Does a sender's round; returns only when it is acknowledged.
    func perform(_ round: Int, of sender: Int, seed: UInt64) async throws
    /// One maintenance, at the time of a round.
    func maintain(atRound round: Int) throws
    /// Whether a file is just being written under a name of its own.
    func hasUnfinishedFile() -> Bool
}

/// The process of a crash matrix that is killed: senders, maintenance, and a thread that waits for the instant.
///
/// A sender notes each acknowledged round with one byte in a file of its own, which a kill leaves as it is.
package final class CrashProcess<Subject: CrashSubject>: Sendable {
    private let plan: CrashPlan
    private let directory: String
    private let subject: Subject
    private let acknowledged = Atomic<Int>(0)
    private let maintenances = Atomic<Int>(0)
    private let sendersDone = Atomic<Int>(0)

    package init(_ directory: String) throws {
        self.directory = directory
        plan = try CrashPlan.read(directory)
        subject = try Subject(directory)
    }

    /// Runs until it is killed.
    package func run() async throws {
        Thread.detachNewThread { self.awaitInstant() }
        try await withThrowingTaskGroup { group in
            for sender in 0..<CrashPlan.senders { group.addTask { try await self.send(sender) } }
            group.addTask {
                while self.sendersDone.load(ordering: .relaxed) < CrashPlan.senders {
                    try self.maintain()
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        die()
    }

    private func send(_ sender: Int) async throws {
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: directory + "/acknowledged\(sender)"))
        for round in plan.done[sender] + 1...plan.done[sender] + Subject.roundsOfLife {
            try await subject.perform(round, of: sender, seed: plan.seed)
            try log.write(contentsOf: Data([1]))
            acknowledged.add(1, ordering: .relaxed)
        }
        sendersDone.add(1, ordering: .relaxed)
    }

    private func maintain() throws {
        maintenances.add(1, ordering: .relaxed)
        try subject.maintain(
            atRound: (plan.done.min() ?? 0) + acknowledged.load(ordering: .relaxed) / CrashPlan.senders)
    }

    private func awaitInstant() {
        switch plan.instant {
        case .acknowledgements(let count): while acknowledged.load(ordering: .relaxed) < count {}
        case .maintenance(let count): while maintenances.load(ordering: .relaxed) < count {}
        case .unfinishedFiles(let count):
            var seen = 0
            while seen < count { if subject.hasUnfinishedFile() { seen += 1 } }
        }
        var turn = 0
        while turn < plan.turns { turn += maintenances.load(ordering: .relaxed) >= 0 ? 1 : 2 }
        die()
    }

    private func die() {
        kill(getpid(), SIGKILL)
        while true {}
    }
}
