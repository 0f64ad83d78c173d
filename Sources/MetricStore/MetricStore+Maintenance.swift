internal import Dispatch
internal import Glibc
internal import Synchronization
package import Telemetry

extension MetricStore {
    /// Series handled at once while appends wait.
    static let slice = 2000
    /// Spans of a merged block.
    static let spansOfDay: Milliseconds = 12
    /// Blocks of a day still in progress beyond which they are merged.
    private static let maximumBlocksOfOpenDay = 24

    /// Moves old head data into blocks, merges blocks, applies the retention and shortens the log. Call it every minute or so, on a
    /// thread that may wait for the disk; appends and queries go on meanwhile.
    /// - Throws: ``MetricStoreError`` where the disk refused; nothing is lost, and the next call tries again.
    package func maintain(now: Milliseconds) throws {
        do throws(MetricStoreError) {
            try maintenance.withLock { _ throws(MetricStoreError) in
                guard !isClosed else {
                    throw MetricStoreError(.closed, "the metric store was closed: it has nothing to maintain")
                }
                let cutoff = MetricStore.floor(now.saturatingAdd(-options.outOfOrderWindow), options.blockSpan)
                // What is too old goes first: on a full disk it makes the room that the rest needs.
                try removeExpired(now: now)
                try removeBeyondBudget()
                // The log may only let go of deletions and metadata that these files hold.
                try saveCatalogue()
                try saveMetadata()
                state.withLock { $0.exemplars.forget(before: cutoff) }
                try flush(before: cutoff, now: now)
                try carryOutDeletions()
                try merge(before: cutoff)
                try downsample(before: cutoff, now: now)
                try removeBeyondBudget()
            }
        } catch {
            metrics.add("magewatch_metric_store_write_errors_total")
            report(error.message)
            publishGauges()
            throw error
        }
        publishGauges()
    }

    static func floor(_ time: Milliseconds, _ span: Milliseconds) -> Milliseconds {
        let rest = time % span
        return time - (rest < 0 ? rest + span : rest)
    }

    private func flush(before cutoff: Milliseconds, now: Milliseconds) throws(MetricStoreError) {
        guard let mark = freeze(before: cutoff, now: now) else { return }
        let builders = frozenBlocks(after: options.retention.map { now.saturatingAdd(-$0) } ?? .min)
        publish(try write(builders, mark), mark)
        try saveCatalogue()
        try log.withLock { log throws(MetricStoreError) in try log.truncate(before: mark.segment, cutoff: mark.window.upperBound)
        }
    }

    /// What is frozen, by the window of its block. Some series at a time, so that the copies made of what changes meanwhile are few.
    private func frozenBlocks(after oldest: Milliseconds) -> [Milliseconds: BlockBuilder] {
        var builders: [Milliseconds: BlockBuilder] = [:]
        var timelines = TimelineEncoder()
        var start = 0
        while true {
            let part = state.withLock { state in
                (start..<start + MetricStore.slice).clamped(to: state.head.series.indices).map { state.head.series[$0] }
            }
            guard !part.isEmpty else { return builders }
            start += part.count
            for item in part where item.isFrozen {
                var rest = item.frozenChunks(after: oldest, blockSpan: options.blockSpan, &timelines)[...]
                while let first = rest.first {
                    let window = MetricStore.floor(first.span.lowerBound, options.blockSpan)
                    let end = window.saturatingAdd(options.blockSpan)
                    let chunks = rest.prefix { $0.span.lowerBound < end }
                    builders[window, default: BlockBuilder()].add(Labels(canonical: item.labels), chunks)
                    rest = rest.dropFirst(chunks.count)
                }
            }
        }
    }

    /// Writes a block for each window: all of them, or none.
    private func write(_ builders: [Milliseconds: BlockBuilder], _ mark: BlockMark) throws(MetricStoreError) -> [Block] {
        var written: [Block] = []
        do throws(MetricStoreError) {
            for (window, builder) in builders.sorted(by: { $0.key < $1.key }) {
                let range = window..<min(window.saturatingAdd(options.blockSpan), mark.window.upperBound)
                let covered = BlockMark(window: range, segment: mark.segment)
                let parts = builder.finish(window: range, marks: [covered], replacing: [])
                written.append(try write(parts, number: takeBlockNumber()))
            }
        } catch {
            // One that can't be removed now holds the same samples as its successor will: harmless.
            for block in written { try? StoreFile.remove(block.path) }
            throw error
        }
        return written
    }

    /// Sets aside what is older than `cutoff`, or returns what an earlier call could not write.
    private func freeze(before cutoff: Milliseconds, now: Milliseconds) -> BlockMark? {
        if let pending = state.withLock({ $0.pendingFlush }) { return pending }
        let isDue = state.withLock { state in
            guard state.head.oldest < cutoff else { return false }
            // Whoever sends an old day would have it written in slivers, and each sliver merged into the day again.
            let isSoon = now.saturatingAdd(-options.minimumFlushInterval) < state.lastFlush
            guard !isSoon || state.head.sampleCount >= options.earlyFlushSamples else { return false }
            state.lastFlush = now
            return true
        }
        guard isDue else { return nil }
        // The log moves on first: all that was logged before is then frozen, and what comes meanwhile stands in newer segments.
        let (segment, count) = writer.sync {
            let segment = log.withLock { log in
                log.rotate()
                return log.current
            }
            return (segment, state.withLock { $0.head.series.count })
        }
        for start in stride(from: 0, to: count, by: MetricStore.slice) {
            writer.sync {
                _ = state.withLock { $0.head.freeze(before: cutoff, slots: start..<start + MetricStore.slice) }
            }
        }
        let mark = BlockMark(window: Milliseconds.min..<cutoff, segment: segment)
        state.withLock { $0.pendingFlush = mark }
        return mark
    }

    private func publish(_ written: [Block], _ mark: BlockMark) {
        // Blocks first, then the frozen parts go: for a moment both answer, with the same samples.
        let count = state.withLock { state in
            state.blocks += written
            return state.head.series.count
        }
        for start in stride(from: 0, to: count, by: MetricStore.slice) {
            writer.sync { state.withLock { $0.head.discardFrozen(slots: start..<start + MetricStore.slice) } }
        }
        writer.sync {
            state.withLock { state in
                state.head.removeEmptySeries()
                state.head.recount()
                state.pendingFlush = nil
            }
        }
    }

    /// Merges the blocks of one past day, at most one day a call.
    private func merge(before cutoff: Milliseconds) throws(MetricStoreError) {
        let day = options.blockSpan * MetricStore.spansOfDay
        let blocks = state.withLock { $0.blocks.filter { $0.resolution == 0 } }
        let groups = Dictionary(grouping: blocks) { MetricStore.floor($0.window.lowerBound, day) }
        let candidate = groups.sorted { $0.key < $1.key }.first { start, group in
            let isPast = start.saturatingAdd(day) <= cutoff
            return group.count > (isPast ? 1 : MetricStore.maximumBlocksOfOpenDay)
                && group.reduce(0) { $0 + $1.byteCount } <= options.maximumMergeBytes
        }
        guard let (start, group) = candidate else { return }
        try merge(group, window: start..<start + day)
    }

    private func merge(_ group: [Block], window: Range<Milliseconds>) throws(MetricStoreError) {
        var places: [SeriesIdentity: [(Block, UInt32)]] = [:]
        for block in group {
            let all = block.everySeries
            for (series, identity) in zip(all, block.identities(all)) { places[identity, default: []].append((block, series)) }
        }
        var builder = BlockBuilder()
        for (identity, parts) in places.sorted(by: { $0.key.labels < $1.key.labels }) {
            var chunks = MergedChunks()
            for (block, series) in parts {
                do throws(MetricStoreError) {
                    chunks.add(try block.chunks(series))
                } catch {
                    setAside(block, error)
                    return
                }
            }
            builder.add(identity.labels, chunks.finish())
        }
        guard !builder.isEmpty else { return try retire(group) }
        let oldestSegment = log.withLock { $0.segments.first?.number ?? .max }
        let marks = group.flatMap(\.marks).filter { $0.segment > oldestSegment }
        let bytes = builder.finish(window: window, marks: marks, replacing: group.map(\.number))
        let merged = try write(bytes, number: takeBlockNumber())
        let numbers = Set(group.map(\.number))
        state.withLock { state in
            state.blocks.removeAll { numbers.contains($0.number) }
            state.blocks.append(merged)
        }
        try saveCatalogue()
        for block in group { try StoreFile.remove(block.path) }
    }
}
