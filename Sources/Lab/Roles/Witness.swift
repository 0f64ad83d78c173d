import Foundation
import Synchronization

/// Does what a client does, again and again at a steady beat, and writes down when it could not: how long a role was away is what its clients say.
///
/// One thread for its whole life, in the network it looks from, as a client that waits for an answer does nothing else.
package final class Witness: Sendable {
    /// One try.
    package struct Attempt: Sendable, Equatable {
        /// When it began and ended, in milliseconds since 1970.
        package var began: Double
        package var ended: Double
        /// What went wrong; nil for a success.
        package var failure: String?

        package init(began: Double, ended: Double, failure: String? = nil) {
            self.began = began
            self.ended = ended
            self.failure = failure
        }
    }

    /// Longest a try may take.
    package static let patience = Duration.milliseconds(400)
    /// Between the beginnings of two tries.
    package static let beat = Duration.milliseconds(50)

    package let name: String
    private let attempts = Mutex<[Attempt]>([])
    private let stopped = Atomic(false)

    package init(_ name: String) { self.name = name }

    /// Begins, seen from a machine; ends with ``stop()``.
    package func start(from vantage: Vantage, beat: Duration = Witness.beat, _ exchange: @escaping @Sendable () throws -> Void) {
        Task {
            try? await vantage.perform { self.run(beat: beat, exchange) }
        }
    }

    /// Tries on this thread until ``stop()``.
    func run(beat: Duration, _ exchange: () throws -> Void) {
        while !stopped.load(ordering: .relaxed) { attempt(beat, exchange) }
    }

    private func attempt(_ beat: Duration, _ exchange: () throws -> Void) {
        let next = ContinuousClock.now + beat
        let began = Timeline.now
        var failure: String?
        do { try exchange() } catch { failure = "\(error)" }
        let attempt = Attempt(began: began, ended: Timeline.now, failure: failure)
        attempts.withLock { $0.append(attempt) }
        let rest = next - ContinuousClock.now
        if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
    }

    package func stop() { stopped.store(true, ordering: .relaxed) }

    /// What it saw since a time.
    package func account(since time: Double) -> WitnessAccount {
        WitnessAccount(attempts: attempts.withLock { $0.filter { $0.ended >= time } }, since: time)
    }
}

/// What a witness saw from a moment on.
package struct WitnessAccount: Sendable, Equatable {
    package let attempts: [Witness.Attempt]
    package let since: Double

    package init(attempts: [Witness.Attempt], since: Double) {
        self.attempts = attempts
        self.since = since
    }

    package var failures: Int { attempts.count { $0.failure != nil } }
    package var firstFailure: String? { attempts.first { $0.failure != nil }?.failure }

    /// True once it has been served again after the last failure, and for a while.
    package func isServed(forSeconds seconds: Double) -> Bool {
        guard let last = attempts.last, last.failure == nil else { return false }
        let first = max(since, attempts.first?.began ?? since)
        let start = attempts.lastIndex { $0.failure != nil }.map { attempts[$0 + 1].ended } ?? first
        return last.ended - start >= seconds * 1000
    }

    /// Milliseconds from the moment to the end of the first try that succeeded after the last one that failed; 0 where none failed, nil where it is
    /// not served at its end.
    package var outage: Double? {
        guard let last = attempts.last, last.failure == nil else { return nil }
        guard let index = attempts.lastIndex(where: { $0.failure != nil }) else { return 0 }
        return attempts[index + 1].ended - since
    }
}
