/// Threads that make a query's rows together with the one that asked.
///
/// The engine makes no threads of its own: whoever runs it knows how many cores a query may have.
package protocol QueryWorkers: Sendable {
    /// How many work at once, the caller among them.
    var count: Int { get }
    /// Runs `body` on the calling thread as worker 0, and beside it on those of the others that are free, each as a worker of its own below
    /// ``count``. Returns when all that began are done; one that did not begin until the caller was through does not begin at all.
    func perform(_ body: @escaping @Sendable (_ worker: Int) -> Void)
}
