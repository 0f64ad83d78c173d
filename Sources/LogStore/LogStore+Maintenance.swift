import Dispatch
import Synchronization
import Telemetry

extension LogStore {
    /// A head that is to become blocks.
    struct Flush {
        var id: Int
        var labels: Labels
        var chunks: [StreamHead.Chunk]
        var throughSequence: UInt64
    }

    func runMaintenance(now: Nanoseconds) throws {
        guard !state.withLock({ $0.isClosed }) else {
            throw LogStoreError(.closed, "log store \(directory) was closed")
        }
        // What is too old goes first: on a full disk it makes the room that the rest needs.
        try expire(now: now)
        try flush { sealHeads(now: now) }
        try shortenLog()
        try finishDeletions()
        try mergeFiles()
        publishGauges()
    }

    /// Closes the heads that are due: full ones, old ones, those that keep the log long, where memory runs short the largest, and all
    /// when nothing comes.
    private func sealHeads(now: Nanoseconds) -> [Flush] {
        let isLogLong = log.withLock { $0.bytes } > options.maximumLogBytes
        return state.withLock { state in
            var due: [Int] = []
            var others: [(id: Int, bytes: Int)] = []
            let isQuiet = state.quietTime(now: now) >= options.quietAge && state.headBytes >= options.quietBytes
            let pinned = state.appliedSequence - (state.appliedSequence - state.flushedSequence) / 2
            for id in state.streams.indices {
                guard let head = state.streams[id]?.head, !head.isEmpty else { continue }
                let since = state.streams[id]?.headSince ?? now
                state.streams[id]?.headSince = since
                if isQuiet || head.lines >= options.blockLines || head.bytes >= options.blockBytes
                    || now &- since >= options.blockAge
                    || isLogLong && head.firstSequence <= pinned
                {
                    due.append(id)
                } else {
                    others.append((id, head.bytes))
                }
            }
            if state.headBytes > options.headBytes { due += LogStore.largest(of: others, until: options.headBytes / 2) }
            return due.sorted().compactMap { LogStore.seal(&state, $0) }
        }
    }

    /// Those heads without which the others have no more than so many bytes, the largest first.
    private static func largest(of heads: [(id: Int, bytes: Int)], until limit: Int) -> [Int] {
        var left = heads.reduce(0) { $0 + $1.bytes }
        var chosen: [Int] = []
        for head in heads.sorted(by: { $0.bytes > $1.bytes }) where left > limit {
            chosen.append(head.id)
            left -= head.bytes
        }
        return chosen
    }

    /// Writes the largest heads where all have grown faster than maintenance came. Runs on the writer's queue, so senders wait for it
    /// and memory stays as it is. Where blocks can't be written, maintenance has to succeed first.
    func relieve() {
        func isUrgent() -> Bool { state.withLock { $0.headBytes > options.urgentHeadBytes && !$0.isFlushBroken } }
        guard isUrgent() else { return }
        do {
            try flush {
                // Maintenance may have written them while this waited.
                guard isUrgent() else { return [] }
                return state.withLock { state in
                    let heads = state.streams.indices.map { ($0, state.streams[$0]?.head.bytes ?? 0) }.filter { $0.1 > 0 }
                    return LogStore.largest(of: heads, until: options.headBytes / 2).sorted()
                        .compactMap { LogStore.seal(&state, $0) }
                }
            }
        } catch {
            state.withLock { $0.isFlushBroken = true }
            report("\(error)")
        }
    }

    /// Writes what is sealed to blocks; one at a time.
    func flush(_ seal: () -> [Flush]) throws(LogStoreError) {
        try flushing.withLock { _ throws(LogStoreError) in try write(seal()) }
    }

    /// Closes the heads of the streams that pass, whatever their size and age.
    func sealHeads(where passes: (StoreState.Stream) -> Bool) -> [Flush] {
        state.withLock { state in
            state.streams.indices.compactMap { id in
                guard let stream = state.streams[id], !stream.head.isEmpty, passes(stream) else { return nil }
                return LogStore.seal(&state, id)
            }
        }
    }

    private static func seal(_ state: inout StoreState, _ id: Int) -> Flush? {
        guard let stream = state.streams[id], let chunks = state.streams[id]?.head.seal() else { return nil }
        return Flush(id: id, labels: stream.labels, chunks: chunks, throughSequence: stream.head.lastSequence)
    }

    /// Writes a file of blocks from heads, which are let go of. `flushing` is held.
    func write(_ flushes: [Flush]) throws(LogStoreError) {
        guard !flushes.isEmpty else { return }
        let number = state.withLock { state in
            state.lastFileNumber += 1
            return state.lastFileNumber
        }
        do {
            let writer = try BlockFileWriter(BlockFile.Name(number: number), in: directory + "/blocks")
            for flush in flushes {
                let rows = StreamHead.rows(flush.chunks, in: .min ... .max)
                for range in split(rows) {
                    try writer.append(rows.packed(range), of: flush.labels, throughSequence: flush.throughSequence)
                }
            }
            let (file, entries) = try writer.finish()
            publish(flushes, file, entries)
        } catch {
            metrics.add("magewatch_log_store_write_errors_total")
            throw error
        }
    }

    /// Cuts rows into blocks of about equal size that are neither too long nor too large, none over midnight (UTC): what is kept for so
    /// many days goes day by day.
    func split(_ rows: RowSet) -> [Range<Int>] {
        let total = rows.rows.reduce(0) { $0 + $1.end - $1.start }
        let lineLimit = min(options.blockLines, BlockFormat.maximumRows)
        // Half as much again is no reason for a second block.
        let parts = max(
            (rows.count + lineLimit - 1) / lineLimit, (total * 2 / 3 + options.blockBytes - 1) / options.blockBytes, 1)
        let bytesOfPart = total / parts + 1
        var ranges: [Range<Int>] = []
        var start = 0
        var bytes = 0
        for index in 0..<rows.count {
            let day = LogStore.day(of: rows.rows[index].timestamp)
            if index > start, day != LogStore.day(of: rows.rows[index - 1].timestamp) {
                ranges.append(start..<index)
                start = index
                bytes = 0
            }
            bytes += rows.rows[index].end - rows.rows[index].start
            if index + 1 - start >= lineLimit || bytes >= bytesOfPart {
                ranges.append(start..<(index + 1))
                start = index + 1
                bytes = 0
            }
        }
        if start < rows.count { ranges.append(start..<rows.count) }
        return ranges
    }

    static func day(of time: Nanoseconds) -> Int64 {
        let day: Int64 = 86_400_000_000_000
        return time >= 0 ? time / day : (time &- day &+ 1) / day
    }

    /// From one instant to the next, readers find the entries in blocks instead of heads.
    private func publish(_ flushes: [Flush], _ file: BlockFile, _ entries: [(Labels, [BlockFile.Entry])]) {
        state.withLock { state in
            for flush in flushes {
                state.streams[flush.id]?.head.removeFirst(flush.chunks.count)
                state.streams[flush.id]?.headSince = nil
                state.headBytes -= flush.chunks.reduce(0) { $0 + $1.bytes.count }
            }
            state.isFlushBroken = false
            state.add(file, entries)
        }
    }

    /// Removes segments of the write-ahead log whose entries are all in blocks, once what they knew of identities is kept.
    func shortenLog() throws(LogStoreError) {
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
