import Dispatch

/// Runs short blocking work (a socket exchange, a probe) on a thread that may wait, away from the cooperative pool.
package func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
}
