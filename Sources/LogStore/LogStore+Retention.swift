import Synchronization
import Telemetry

extension LogStore {
    /// Moves on the times before which entries are gone and what streams may send, and lets go of blocks that are past them or over the room their rule gives.
    func expire(now: Nanoseconds) throws(LogStoreError) {
        let (count, empty) = state.withLock { state -> (Int, [BlockFile]) in
            state.retention.now = now
            var count = 0
            for id in state.streams.indices {
                guard let rule = state.streams[id]?.rule else { continue }
                let floor = state.retention.floor(rule)
                state.streams[id]?.floor = floor
                state.streams[id]?.allowance.fill(now: now)
                let before = state.streams[id]?.blocks.count ?? 0
                state.streams[id]?.blocks.removeAll { $0.entry.last < floor }
                count += before - (state.streams[id]?.blocks.count ?? 0)
            }
            for rule in state.retention.rules.indices {
                if let limit = state.retention.rules[rule].maximumBytes { count += LogStore.shrink(&state, rule, to: limit) }
            }
            state.removeEmptyStreams()
            return (count, state.takeEmptyFiles())
        }
        if count > 0 { metrics.add("magewatch_log_store_expired_blocks_total", by: Double(count)) }
        for file in empty { try Files.remove(file.path) }
    }

    /// Lets go of the oldest blocks of a rule's streams until the rest fits.
    private static func shrink(_ state: inout StoreState, _ rule: Int, to limit: Int) -> Int {
        var total = 0
        var blocks: [(last: Nanoseconds, id: Int, length: Int)] = []
        for (id, stream) in state.streams.enumerated() where stream?.rule == rule {
            for block in stream?.blocks ?? [] {
                total += block.entry.length
                blocks.append((block.entry.last, id, block.entry.length))
            }
        }
        guard total > limit else { return 0 }
        blocks.sort { $0.last < $1.last }
        var removed = 0
        for block in blocks {
            guard total > limit else { break }
            let place = state.streams[block.id]?.blocks.firstIndex {
                $0.entry.last == block.last && $0.entry.length == block.length
            }
            guard let place else { continue }
            state.streams[block.id]?.blocks.remove(at: place)
            total -= block.length
            removed += 1
        }
        return removed
    }
}
