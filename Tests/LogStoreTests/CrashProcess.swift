import Foundation
import Synchronization
import Telemetry

@testable import LogStore

/// The process of the crash matrix that is killed: senders, maintenance, and a thread that waits for the instant.
///
/// A sender notes each acknowledged round with one byte in a file of its own, which a kill leaves as it is.
final class CrashProcess: Sendable {
    private let script: CrashScript
    private let directory: String
    private let store: LogStore
    private let acknowledged = Atomic<Int>(0)
    private let maintenances = Atomic<Int>(0)
    private let sendersDone = Atomic<Int>(0)

    init(_ directory: String) throws {
        self.directory = directory
        script = try JSONDecoder().decode(
            CrashScript.self, from: Data(contentsOf: URL(fileURLWithPath: directory + "/script.json")))
        store = try LogStore(directory: directory + "/store", options: CrashScript.options, metrics: SelfMetrics())
    }

    /// Runs until it is killed.
    func run() async throws {
        Thread.detachNewThread { self.awaitInstant() }
        try await withThrowingTaskGroup { group in
            for sender in 0..<CrashScript.senders { group.addTask { try await self.send(sender) } }
            group.addTask {
                while self.sendersDone.load(ordering: .relaxed) < CrashScript.senders {
                    try self.maintain()
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        CrashProcess.die()
    }

    private func send(_ sender: Int) async throws {
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: directory + "/acknowledged\(sender)"))
        for number in script.done[sender] + 1...script.done[sender] + CrashScript.roundsOfLife {
            switch CrashScript.round(number, of: sender, seed: script.seed) {
            case .append(let batch):
                let outcome = try await store.append(batch)
                precondition(outcome.refused.isEmpty, "nothing of the script is over a limit")
            case .delete(let matchers, let range): try store.delete(matching: matchers, in: range)
            }
            try log.write(contentsOf: Data([1]))
            acknowledged.add(1, ordering: .relaxed)
        }
        sendersDone.add(1, ordering: .relaxed)
    }

    private func maintain() throws {
        maintenances.add(1, ordering: .relaxed)
        let rounds = script.done.min()! + acknowledged.load(ordering: .relaxed) / CrashScript.senders
        try store.maintain(now: Nanoseconds(rounds) * CrashScript.step)
    }

    private func awaitInstant() {
        switch script.instant {
        case .acknowledgements(let count): while acknowledged.load(ordering: .relaxed) < count {}
        case .maintenance(let count): while maintenances.load(ordering: .relaxed) < count {}
        case .unfinishedFiles(let count):
            var seen = 0
            while seen < count { if hasUnfinishedFile() { seen += 1 } }
        }
        var turn = 0
        while turn < script.turns { turn += maintenances.load(ordering: .relaxed) >= 0 ? 1 : 2 }
        CrashProcess.die()
    }

    private func hasUnfinishedFile() -> Bool {
        ["", "/blocks"].contains { folder in
            (try? Files.list(directory + "/store" + folder))?.contains { $0.hasSuffix(".tmp") } ?? false
        }
    }

    private static func die() {
        kill(getpid(), SIGKILL)
        while true {}
    }
}
