private import Foundation

/// How often a step without an answer is sent again.
package struct RetryPolicy: Sendable {
    package var maximumAttempts: Int
    package var firstDelay: Duration
    package var maximumDelay: Duration

    package init(
        maximumAttempts: Int = 5, firstDelay: Duration = .milliseconds(100), maximumDelay: Duration = .seconds(3)
    ) {
        self.maximumAttempts = maximumAttempts
        self.firstDelay = firstDelay
        self.maximumDelay = maximumDelay
    }

    /// Doubles from attempt to attempt up to the maximum.
    func delay(after attempt: Int) -> Duration {
        min(maximumDelay, firstDelay * (1 << min(max(0, attempt - 1), 16)))
    }
}

/// Time as the executor sees it; tests give their own.
package struct ExecutorClock: Sendable {
    /// Milliseconds since 1970.
    package var now: @Sendable () -> Int64
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's clock.
    package static let system = ExecutorClock(
        now: { Int64(Date().timeIntervalSince1970 * 1000) },
        sleep: { try await Task.sleep(for: $0) }
    )
}
