import NIOPosix

/// Threads that queries run on, apart from those that serve connections: a heavy query must not stop a light answer.
struct QueryPool: Sendable {
    /// Queries that run at once; later ones wait their turn.
    static let maximumConcurrent = 4

    // One for the process: routers come and go in tests, threads that nobody stops would stay.
    private static let shared = {
        let pool = NIOThreadPool(numberOfThreads: maximumConcurrent)
        pool.start()
        return pool
    }()

    /// Runs synchronous work on one of the threads.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await QueryPool.shared.runIfActive {
            ThreadPriority.yieldToIngest()
            return try work()
        }
    }
}
