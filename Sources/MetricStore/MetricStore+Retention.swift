internal import Synchronization
internal import Telemetry

extension MetricStore {
    /// Removes blocks whose newest sample is past the retention of its resolution; where it is to be condensed, not before it is.
    func removeExpired(now: Milliseconds) throws(MetricStoreError) {
        let levels = options.levels
        try remove(because: "age") { blocks in
            blocks.filter { block in
                // What belongs to no level any more is kept as long as the coarsest that there is.
                let level = levels.lastIndex { $0.resolution <= block.resolution } ?? 0
                guard let retention = levels[level].retention else { return false }
                let oldest = now.saturatingAdd(-retention)
                guard block.span.upperBound < oldest else { return false }
                guard level + 1 < levels.count else { return true }
                // All that one coarser block was made of goes at once.
                let unit = MetricStore.condensedUnit(of: level, options)
                guard MetricStore.floor(block.window.lowerBound, unit).saturatingAdd(unit) <= oldest else { return false }
                return MetricStore.isCondensed(block, among: blocks)
            }
        }
    }

    /// Removes the oldest blocks until what is left and the log fit into the disk budget. The log itself is never shortened by it: what
    /// it holds is in no block yet.
    func removeBeyondBudget() throws(MetricStoreError) {
        guard let budget = options.maximumDiskBytes else { return }
        let logBytes = log.withLock { $0.byteCount }
        let removed = try remove(because: "disk") { blocks in
            var excess = blocks.reduce(logBytes - budget) { $0 + $1.byteCount }
            // Of blocks that lie over each other the one written first goes first: its successor's samples must not give way to it.
            let ordered = blocks.sorted { ($0.window.lowerBound, $0.number) < ($1.window.lowerBound, $1.number) }
            return ordered.prefix { block in
                defer { excess -= block.byteCount }
                return excess > 0
            }
        }
        guard let last = removed.last else { return }
        let bytes = removed.reduce(0) { $0 + $1.byteCount }
        report(
            "removed \(removed.count) blocks of \(bytes) bytes with samples up to \(last.span.upperBound) ms, as blocks and log were "
                + "over the limit of \(budget) bytes; raise retention.metrics-disk to keep more")
    }

    /// Takes blocks out of service, then off the disk, and counts them.
    @discardableResult
    private func remove(
        because reason: String, _ choose: ([Block]) -> some Sequence<Block>
    ) throws(MetricStoreError) -> [Block] {
        let removed = Array(choose(state.withLock { $0.blocks }))
        guard !removed.isEmpty else { return [] }
        try retire(removed)
        metrics.add("magewatch_metric_store_removed_blocks_total", ["reason": reason], by: Double(removed.count))
        metrics.add(
            "magewatch_metric_store_removed_bytes_total", ["reason": reason],
            by: Double(removed.reduce(0) { $0 + $1.byteCount }))
        return removed
    }
}
