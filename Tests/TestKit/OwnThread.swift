import Foundation
package import Testing

/// Runs a suite's or a test's body on a thread kept for long computations, off Swift's cooperative pool.
///
/// The pool has a thread a core: two properties that compute for a minute there stop every server, client and deadline
/// of the tests beside them. On a thread of their own the operating system shares the cores out, and they take one at a time.
package struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ComputationThread.shared) { try await function() }
    }
}

extension Trait where Self == OwnThreadTrait {
    /// For tests that compute for longer than about a second.
    package static var ownThread: Self { Self() }
}

/// One thread that runs jobs in the order they come.
private final class ComputationThread: TaskExecutor {
    static let shared = ComputationThread()
    private static let niceness: Int32 = 10
    private let queue = DispatchQueue(label: "computation", qos: .utility)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // What waits for a deadline comes first. Niceness is the thread's, and threads are the queues' in turn, so it is set back.
            _ = setpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0, ComputationThread.niceness)
            defer { _ = setpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0, 0) }
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}
