import NIOPosix

/// Threads that queries run on, apart from those that serve connections: a heavy query must not stop a light answer.
struct QueryPool: Sendable {
    /// Queries that run at once; later ones wait their turn.
    static let maximumConcurrent = 4

    private let pool: NIOThreadPool

    init() {
        pool = NIOThreadPool(numberOfThreads: QueryPool.maximumConcurrent)
        pool.start()
    }

    /// Runs synchronous work on one of the threads.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.runIfActive(work)
    }
}
