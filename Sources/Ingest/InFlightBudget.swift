private import Synchronization

/// How many received bytes may be on their way into the stores at once, over all connections.
///
/// Line protocols wait for their share, so the sender's window closes; HTTP asks and is answered 429 instead.
package final class InFlightBudget: Sendable {
    private struct Waiter {
        var id: Int
        var bytes: Int
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var used = 0
        var nextID = 0
        var waiters: [Waiter] = []
        var cancelled: Set<Int> = []
    }

    private let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) {
        self.limit = limit
    }

    /// Bytes held now.
    package var used: Int { state.withLock { $0.used } }

    /// Takes bytes if they are free. A request above the whole limit counts as the limit.
    package func tryReserve(_ bytes: Int) -> Bool {
        let bytes = min(bytes, limit)
        return state.withLock { state in
            guard state.waiters.isEmpty, state.used + bytes <= limit else { return false }
            state.used += bytes
            return true
        }
    }

    /// Takes bytes, in turn, as soon as they are free.
    package func reserve(_ bytes: Int) async throws {
        if tryReserve(bytes) { return }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        // A mark that came too late to matter must not stay.
        defer { _ = state.withLock { $0.cancelled.remove(id) } }
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enqueue(Waiter(id: id, bytes: min(bytes, limit), continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
        if !granted { throw CancellationError() }
    }

    /// Gives bytes back.
    package func release(_ bytes: Int) {
        let bytes = min(bytes, limit)
        let woken = state.withLock { state in
            state.used -= bytes
            return admit(&state)
        }
        for waiter in woken { waiter.continuation.resume(returning: true) }
    }

    private func enqueue(_ waiter: Waiter) {
        let (gone, woken) = state.withLock { state in
            if state.cancelled.remove(waiter.id) != nil { return (true, [Waiter]()) }
            state.waiters.append(waiter)
            return (false, admit(&state))
        }
        if gone { waiter.continuation.resume(returning: false) }
        for waiter in woken { waiter.continuation.resume(returning: true) }
    }

    private func cancel(_ id: Int) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                // Not yet waiting, or already served; the mark of a served one is harmless.
                state.cancelled.insert(id)
                return nil
            }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }

    private func admit(_ state: inout State) -> [Waiter] {
        var admitted: [Waiter] = []
        while let first = state.waiters.first, state.used + first.bytes <= limit {
            state.used += first.bytes
            admitted.append(state.waiters.removeFirst())
        }
        return admitted
    }
}
