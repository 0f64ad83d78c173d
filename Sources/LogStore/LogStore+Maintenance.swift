import Dispatch
import Synchronization
import Telemetry

extension LogStore {
    /// A head that is to become blocks.
    private struct Flush {
        var id: Int
        var labels: Labels
        var chunks: [StreamHead.Chunk]
        var throughSequence: UInt64
    }

    func runMaintenance(now: Nanoseconds) throws {
        guard !state.withLock({ $0.isClosed }) else {
            throw LogStoreError(.closed, "log store \(directory) was closed")
        }
        applyRetention(now: now)
        // What is too old goes first: on a full disk it makes the room that the rest needs.
        try removeExpired()
        let flushes = sealHeads(now: now)
        if !flushes.isEmpty { try write(flushes) }
        try shortenLog()
        publishGauges()
    }

    private func applyRetention(now: Nanoseconds) {
        guard let retention = options.retention else { return }
        let (floor, overflow) = now.subtractingReportingOverflow(retention)
        state.withLock { $0.retentionFloor = overflow ? .min : floor }
    }

    private func sealHeads(now: Nanoseconds) -> [Flush] {
        state.withLock { state in
            // When memory runs short all heads are written, whatever their age.
            let pressed = state.headBytes > options.maximumHeadBytes / 2
            var flushes: [Flush] = []
            for id in state.streams.indices {
                guard let head = state.streams[id]?.head, !head.isEmpty else { continue }
                let since = state.streams[id]?.headSince ?? now
                state.streams[id]?.headSince = since
                guard
                    pressed || head.lines >= options.blockLines || head.bytes >= options.blockBytes
                        || now &- since >= options.blockAge
                else { continue }
                guard let labels = state.streams[id]?.labels, let chunks = state.streams[id]?.head.seal() else { continue }
                flushes.append(Flush(id: id, labels: labels, chunks: chunks, throughSequence: head.lastSequence))
            }
            return flushes
        }
    }

    private func write(_ flushes: [Flush]) throws(LogStoreError) {
        var streams: [(labels: Labels, blocks: [(entry: BlockFile.Entry, bytes: [UInt8])])] = []
        for flush in flushes {
            let rows = StreamHead.rows(flush.chunks, in: .min ... .max)
            var blocks: [(entry: BlockFile.Entry, bytes: [UInt8])] = []
            for range in split(rows) {
                let packed = rows.packed(range)
                let bytes = try BlockEncoder.encode(packed)
                let entry = BlockFile.Entry(
                    offset: 0, length: bytes.count, rows: packed.count, textBytes: packed.buffers[0].count,
                    first: packed.rows[0].timestamp, last: packed.rows[packed.count - 1].timestamp,
                    throughSequence: flush.throughSequence)
                blocks.append((entry, bytes))
            }
            streams.append((flush.labels, blocks))
        }
        let number = state.withLock { state in
            state.lastFileNumber += 1
            return state.lastFileNumber
        }
        let path = "\(directory)/blocks/\(hexadecimal(number))\(BlockFile.suffix)"
        do {
            try Files.replace(path, in: directory + "/blocks", with: BlockFile.encode(streams))
        } catch {
            metrics.add("magewatch_log_store_write_errors_total")
            throw error
        }
        let (file, directoryEntries) = try BlockFile.load(path, number: number)
        publish(flushes, file, directoryEntries)
    }

    /// Cuts rows into blocks that are neither too long nor too large.
    private func split(_ rows: RowSet) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var bytes = 0
        let limit = min(options.blockLines, BlockFormat.maximumRows)
        for index in 0..<rows.count {
            let length = rows.rows[index].end - rows.rows[index].start
            if index > start && (index - start >= limit || bytes + length > options.blockBytes) {
                ranges.append(start..<index)
                start = index
                bytes = 0
            }
            bytes += length
        }
        ranges.append(start..<rows.count)
        return ranges
    }

    /// From one instant to the next, readers find the entries in blocks instead of heads.
    private func publish(_ flushes: [Flush], _ file: BlockFile, _ entries: [(Labels, [BlockFile.Entry])]) {
        state.withLock { state in
            for flush in flushes {
                state.streams[flush.id]?.head.removeFirst(flush.chunks.count)
                state.streams[flush.id]?.headSince = nil
                state.headBytes -= flush.chunks.reduce(0) { $0 + $1.bytes.count }
            }
            state.add(file, entries)
        }
    }

    /// Removes segments of the write-ahead log whose entries are all in blocks, once what they knew of identities is kept.
    private func shortenLog() throws(LogStoreError) {
        let flushed = state.withLock { $0.flushedSequence }
        let hasWork = log.withLock { log in
            let empty = state.withLock { state in state.headBytes == 0 && state.flushedSequence == state.appliedSequence }
            if log.currentBytes >= WriteAheadLog.segmentBytes / 4 || empty { log.rotate() }
            return log.canRemove(through: flushed)
        }
        guard hasWork else { return }
        // On the writer's queue no batch is half way: what the window knows is in the log, or was taken out again.
        let window = writer.sync { state.withLock { $0.window } }
        if window.count > 0 {
            try Files.replace(directory + "/duplicates", in: directory, with: window.encoded)
        }
        try log.withLock { log throws(LogStoreError) in try log.removeSegments(through: flushed) }
    }

    private func removeExpired() throws(LogStoreError) {
        let expired = state.withLock { state -> [BlockFile] in
            let floor = state.retentionFloor
            let expired = state.files.filter { $0.last < floor }
            state.files.removeAll { $0.last < floor }
            for id in state.streams.indices { state.streams[id]?.blocks.removeAll { $0.entry.last < floor } }
            state.removeEmptyStreams()
            return expired
        }
        for file in expired { try Files.remove(file.path) }
    }

    private func publishGauges() {
        let now = statistics
        metrics.set("magewatch_log_store_streams", to: Double(now.streams))
        metrics.set("magewatch_log_store_head_lines", to: Double(now.headLines))
        metrics.set("magewatch_log_store_head_bytes", to: Double(now.headBytes))
        metrics.set("magewatch_log_store_blocks", to: Double(now.blocks))
        metrics.set("magewatch_log_store_file_bytes", to: Double(now.fileBytes))
        metrics.set("magewatch_log_store_wal_bytes", to: Double(now.logBytes))
    }
}
