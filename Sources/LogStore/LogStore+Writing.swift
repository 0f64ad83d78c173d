import Dispatch
import Synchronization
import Telemetry

/// What is to be stored of a batch, and what its sender is told.
struct PreparedBatch {
    var stored: LogBatch
    var outcome: AppendOutcome
    var sequence: UInt64
    /// Hashes of its entries, put into the window; taken out again if it can't be written.
    var hashes: [UInt64]
    var duplicates: Int
    var cut: Int
}

extension LogStore {
    /// Writes the group that waits, then lets whoever else waits for the writer's queue have its turn: steady senders must not keep
    /// maintenance out. With `all`, goes on until nothing waits. Runs on the writer's queue.
    func drain(all: Bool = false) {
        repeat {
            let group = pending.withLock { queue -> [Pending] in
                let items = queue.items
                queue.items = []
                queue.bytes = 0
                if items.isEmpty { queue.isDraining = false }
                return items
            }
            if group.isEmpty { return }
            write(group)
            relieve()
        } while all
        writer.async { self.drain() }
    }

    private func write(_ group: [Pending]) {
        var sequence = state.withLock { $0.appliedSequence }
        var prepared: [PreparedBatch] = []
        for item in group {
            let next = prepare(item.batch, sequence: sequence + 1)
            if !next.stored.isEmpty { sequence += 1 }
            prepared.append(next)
        }
        var records: [UInt8] = []
        for batch in prepared where !batch.stored.isEmpty {
            records.append(contentsOf: WALRecord.encode(batch.sequence, batch.stored))
        }
        do {
            if !records.isEmpty {
                try log.withLock { log throws(LogStoreError) in try log.write(records, lastSequence: sequence) }
            }
        } catch {
            fail(group, prepared, error)
            return
        }
        state.withLock { state in
            for batch in prepared {
                if !batch.stored.isEmpty { state.apply(batch.sequence, batch.stored) }
                state.duplicates += batch.duplicates
            }
        }
        for (item, batch) in zip(group, prepared) {
            count(batch)
            item.continuation.resume(returning: batch.outcome)
        }
        let continuations = subscribers.withLock { $0.values.map { $0 } }
        for batch in prepared where !batch.stored.isEmpty {
            for continuation in continuations { continuation.yield(batch.stored) }
        }
    }

    private func fail(_ group: [Pending], _ prepared: [PreparedBatch], _ error: LogStoreError) {
        state.withLock { state in
            for batch in prepared { for hash in batch.hashes { state.window.remove(hash) } }
        }
        metrics.add("magewatch_log_store_write_errors_total")
        report("\(error)")
        for item in group {
            metrics.add("magewatch_log_store_refused_total", ["reason": "unavailable"], by: Double(item.batch.count))
            item.continuation.resume(throwing: SinkError(.unavailable, "\(error)"))
        }
    }

    private func count(_ batch: PreparedBatch) {
        metrics.add("magewatch_log_store_lines_total", by: Double(batch.stored.count))
        metrics.add("magewatch_log_store_bytes_total", by: Double(batch.stored.bytes.count))
        if batch.duplicates > 0 { metrics.add("magewatch_log_store_duplicates_total", by: Double(batch.duplicates)) }
        if batch.cut > 0 { metrics.add("magewatch_log_store_cut_lines_total", by: Double(batch.cut)) }
        for (reason, count) in batch.outcome.refused {
            metrics.add("magewatch_log_store_refused_total", ["reason": reason], by: Double(count))
        }
    }

    /// Decides entry by entry: stored, known already, or refused.
    private func prepare(_ batch: LogBatch, sequence: UInt64) -> PreparedBatch {
        let hashes = EntryIdentity(key: identityKey).hashes(of: batch)
        var result = PreparedBatch(
            stored: LogBatch(), outcome: AppendOutcome(), sequence: sequence, hashes: [], duplicates: 0, cut: 0)
        var kept: [Bool] = []
        kept.reserveCapacity(batch.count)
        state.withLock { state in
            let ids = batch.streams.map { state.id(of: $0, limit: options.maximumStreams) }
            for (index, entry) in batch.entries.enumerated() {
                if let reason = refusal(of: entry, in: batch, ids[entry.stream], &state) {
                    result.outcome.refused[reason, default: 0] += 1
                    kept.append(false)
                    continue
                }
                result.outcome.accepted += 1
                var isNew = true
                if !hashes.isEmpty, let hash = hashes[index] {
                    isNew = state.window.insert(hash)
                    if isNew { result.hashes.append(hash) } else { result.duplicates += 1 }
                }
                kept.append(isNew)
                if isNew && entry.line.count > options.maximumLineBytes { result.cut += 1 }
            }
        }
        if kept.contains(false) { result.outcome.stored = kept }
        let changed = result.cut > 0 || result.outcome.stored != nil
        result.stored = changed ? reduced(batch, to: kept) : batch
        return result
    }

    /// Why an entry is not taken, nil where it is.
    private func refusal(of entry: LogBatch.Entry, in batch: LogBatch, _ id: Int?, _ state: inout StoreState) -> String? {
        guard let id, let floor = state.streams[id]?.floor else { return "too_many_streams" }
        if entry.timestamp < floor { return "too_old" }
        if entry.line.count > options.maximumLineBytes && options.longLines == .refuse { return "line_too_long" }
        if entry.metadata >= 0 && batch.metadata[entry.metadata].count > options.maximumFields { return "too_many_fields" }
        let bytes = min(entry.line.count, options.maximumLineBytes)
        return state.streams[id]?.allowance.take(bytes) == false ? "rate_limited" : nil
    }

    /// The batch without the entries that are not kept, and with long lines cut.
    private func reduced(_ batch: LogBatch, to kept: [Bool]) -> LogBatch {
        var result = LogBatch()
        let marker = LogBatch.cutMarker.withUTF8Buffer { unsafe Array($0) }
        for (index, entry) in batch.entries.enumerated() where kept[index] {
            let stream = result.stream(batch.streams[entry.stream])
            let line = batch.line(of: entry)
            if line.count > options.maximumLineBytes {
                let cut = Array(line.prefix(options.maximumLineBytes)) + marker
                result.append(stream: stream, at: entry.timestamp, line: cut, metadata: batch.metadata(of: entry))
            } else {
                result.append(stream: stream, at: entry.timestamp, line: line, metadata: batch.metadata(of: entry))
            }
        }
        return result
    }
}
