import Dispatch
import Synchronization
package import Telemetry

extension LogStore {
    /// Deletes the entries of the streams that pass all matchers in a range of time, as a request for privacy wants it.
    ///
    /// They are hidden from the moment this returns, also over crashes; what is appended afterwards is not touched. Their bytes are
    /// overwritten by this call where nothing stands in its way, else by the next maintenance: blocks that hold them are written anew
    /// without them, and so is the log.
    /// - Returns: how many streams are concerned.
    /// - Throws: ``LogStoreError`` where the disk refused; what was hidden by then stays hidden.
    @discardableResult
    package func delete(matching matchers: [LabelMatcher], in range: Range<Nanoseconds>) throws -> Int {
        try maintenance.withLock { _ in
            guard !state.withLock({ $0.isClosed }) else { throw LogStoreError(.closed, "log store \(directory) was closed") }
            let streams = Set(try self.streams(matchingAny: [matchers], in: range))
            guard !streams.isEmpty else { return 0 }
            // What stands in heads goes to blocks first, so that a block either holds entries of the deletion or came later.
            let all = try flushing.withLock { _ in
                try write(sealHeads { streams.contains($0.labels) })
                return state.withLock { state in
                    let deletion = Deletion(
                        streams: streams, range: range, throughFile: state.lastFileNumber, throughSequence: state.appliedSequence)
                    return state.deletions + [deletion]
                }
            }
            try Files.replace(deletionsPath, in: directory, with: Deletion.encode(all))
            state.withLock { $0.deletions = all }
            metrics.add("magewatch_log_store_deletions_total")
            try finishDeletions()
            return streams.count
        }
    }

    var deletionsPath: String { directory + "/deletions" }

    /// Removes the bytes of what was deleted: from the log by writing all heads to blocks, from blocks by writing their files anew.
    func finishDeletions() throws {
        let deletions = state.withLock { $0.deletions }
        guard !deletions.isEmpty else { return }
        let through = deletions.reduce(0) { max($0, $1.throughSequence) }
        // Whatever head has entries in a segment that may hold something of it keeps that segment, so it is written too.
        let last = log.withLock { log in
            log.rotate()
            return log.lastSequence(ofSegmentsThrough: through)
        }
        try flush { sealHeads { $0.head.firstSequence <= last } }
        try shortenLog()
        // Appends went on meanwhile: a segment with records from before may be held by others. The next maintenance tries again. The log
        // goes first: replayed after its blocks were written anew, it would bring back what was deleted.
        guard !log.withLock({ $0.mayHold(through: through) }) else { return }
        let touched = state.withLock { state in
            state.files.filter { file in
                state.streams.contains { stream in
                    stream?.blocks.contains { block in
                        block.file === file
                            && deletions.contains { $0.touches(block.entry, of: stream?.labels ?? .empty, in: file.name) }
                    } ?? false
                }
            }
        }
        for file in touched { try rewrite([file]) }
        try Files.remove(deletionsPath)
        try Files.syncDirectory(directory)
        state.withLock { $0.deletions = [] }
    }
}
