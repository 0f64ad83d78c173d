import Telemetry
import TestKit

@testable import LogStore

/// The store of the crash matrix, in the process that is killed.
struct CrashedStore: CrashSubject {
    static var roundsOfLife: Int { CrashScript.roundsOfLife }

    private let directory: String
    private let store: LogStore

    init(_ directory: String) throws {
        self.directory = directory + "/store"
        store = try LogStore(directory: self.directory, options: CrashScript.options, metrics: SelfMetrics())
    }

    func perform(_ round: Int, of sender: Int, seed: UInt64) async throws {
        switch CrashScript.round(round, of: sender, seed: seed) {
        case .append(let batch):
            let outcome = try await store.append(batch)
            precondition(outcome.refused.isEmpty, "nothing of the script is over a limit")
        case .delete(let matchers, let range): try store.delete(matching: matchers, in: range)
        }
    }

    func maintain(atRound round: Int) throws { try store.maintain(now: Nanoseconds(round) * CrashScript.step) }

    func hasUnfinishedFile() -> Bool {
        ["", "/blocks"].contains { folder in
            (try? Files.list(directory + folder))?.contains { $0.hasSuffix(".tmp") } ?? false
        }
    }
}
