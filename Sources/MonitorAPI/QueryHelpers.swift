import Dispatch
import NIOCore
import NIOPosix
import PromQL
import Synchronization

/// Threads that help with a query on the cores that nothing else needs.
final class QueryHelpers: QueryWorkers {
    /// One for the process, as with ``QueryPool``.
    static let shared = QueryHelpers(cores: System.coreCount)

    let count: Int
    private let pool: NIOThreadPool

    /// - Parameter cores: how many may work at once, the asking thread among them.
    init(cores: Int) {
        count = max(cores, 1)
        pool = NIOThreadPool(numberOfThreads: max(cores - 1, 1))
        pool.start()
    }

    func perform(_ body: @escaping @Sendable (_ worker: Int) -> Void) {
        let crew = Crew()
        for worker in 1..<max(count, 1) {
            pool.submit { state in
                guard case .active = state, crew.enter() else { return }
                defer { crew.leave() }
                ThreadPriority.yieldToIngest()
                body(worker)
            }
        }
        body(0)
        crew.close()
    }
}

/// Those who help with one query.
private final class Crew: Sendable {
    private let isClosed = Mutex(false)
    private let group = DispatchGroup()

    /// - Returns: false where the work is done already.
    func enter() -> Bool {
        isClosed.withLock { isClosed in
            if !isClosed { group.enter() }
            return !isClosed
        }
    }

    func leave() { group.leave() }

    /// Lets nobody in any more, and waits for those who are.
    func close() {
        isClosed.withLock { $0 = true }
        group.wait()
    }
}
