internal import Dispatch
internal import Synchronization
package import Telemetry

extension MetricStore {
    /// What a deletion concerned.
    package struct DeletionOutcome: Sendable, Equatable {
        /// Series in memory that may have lost samples.
        package var headSeries = 0
        /// Blocks that may have lost samples.
        package var blocks = 0
    }

    /// Removes the samples of a range, both ends included, of all series that pass all matchers. What is appended later is not concerned.
    ///
    /// When it returns no query finds them any more, and that is durable. Their bytes go later: those in blocks when
    /// ``maintain(now:)`` writes the blocks anew, those in the log with its segments. Waits for a running maintenance.
    /// - Throws: ``MetricStoreError``: `invalid` where there is no matcher, `limit` where too many deletions wait to be carried out, `io`
    ///   where the disk refused; then nothing was removed.
    @discardableResult
    package func delete(matching matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws -> DeletionOutcome {
        guard !matchers.isEmpty else {
            throw MetricStoreError(
                .invalid, "a deletion needs a matcher: for all series of a range use {__name__=~\".+\"}")
        }
        let outcome = try maintenance.withLock { _ throws(MetricStoreError) in try deleteNow(matchers, range) }
        publishGauges()
        return outcome
    }

    private func deleteNow(
        _ matchers: [LabelMatcher], _ range: ClosedRange<Milliseconds>
    ) throws(MetricStoreError) -> DeletionOutcome {
        guard !isClosed else { throw MetricStoreError(.closed, "the metric store was closed: it can't delete any more") }
        let (blocks, next, last, pending) = state.withLock { state in
            (state.blocks, state.nextBlock, state.lastDeletion, state.deletions.count)
        }
        guard pending < options.maximumPendingDeletions else {
            throw MetricStoreError(
                .limit, "\(pending) deletions wait for blocks to be written anew: ask again after the next maintenance")
        }
        let deletion = Deletion(number: last + 1, blocksBefore: next, range: range, matchers: matchers)
        var body: [UInt8] = []
        deletion.encode(into: &body)
        guard body.count <= Deletion.maximumBytes else {
            throw MetricStoreError(.invalid, "a deletion's matchers may have \(Deletion.maximumBytes) bytes: use shorter ones")
        }
        // Indexes of blocks may have to come from the disk, so they are asked before anybody has to wait.
        let hidden = blocks.compactMap { $0.hiding([deletion]) }
        let record = WALRecordWriter.record(WALRecordWriter.deletionKind, body)
        let result = writer.sync { () -> Result<DeletionOutcome, MetricStoreError> in
            do throws(MetricStoreError) {
                try log.withLock { log throws(MetricStoreError) in try log.commit(record, newest: .min) }
            } catch {
                return .failure(error)
            }
            return .success(state.withLock { $0.apply(deletion, hidden) })
        }
        let outcome = try result.get()
        metrics.add("magewatch_metric_store_deletions_total")
        do throws(MetricStoreError) {
            try saveCatalogue()
        } catch {
            // The log holds it until the next maintenance, which tries again first of all.
            report("a deletion is in force, but not in the catalogue yet: \(error.message)")
        }
        return outcome
    }

    /// Carries out all deletions now, however many bytes have to be written anew. Waits for a running maintenance.
    /// - Throws: ``MetricStoreError`` where the disk refused; the next maintenance goes on.
    package func finishDeletions() throws {
        try maintenance.withLock { _ throws(MetricStoreError) in
            guard !isClosed else { throw MetricStoreError(.closed, "the metric store was closed: it writes no more") }
            repeat { try carryOutDeletions() } while state.withLock { $0.blocks.contains { !$0.deletions.isEmpty } }
        }
        publishGauges()
    }

    /// Writes blocks anew without what was deleted, until a limit of bytes is reached; the next call goes on.
    func carryOutDeletions() throws(MetricStoreError) {
        var bytes = 0
        while bytes < options.maximumMergeBytes, let block = state.withLock({ $0.blocks.first { !$0.deletions.isEmpty } }) {
            bytes += block.byteCount
            try writeAnew(block)
        }
        state.withLock { state in
            if state.blocks.allSatisfy(\.deletions.isEmpty) { state.deletions = [] }
        }
        try saveCatalogue()
    }

    /// The block keeps its number, which says how it lies to others.
    private func writeAnew(_ block: Block) throws(MetricStoreError) {
        var builder = BlockBuilder()
        let all = block.everySeries
        for (series, identity) in zip(all, block.identities(all)) {
            do throws(MetricStoreError) {
                builder.add(identity.labels, try block.chunks(series))
            } catch {
                setAside(block, error)
                return
            }
        }
        metrics.add("magewatch_metric_store_rewritten_blocks_total")
        guard !builder.isEmpty else { return try retire([block]) }
        let bytes = builder.finish(
            window: block.window, marks: block.marks, replacing: block.replaced, resolution: block.resolution)
        let new = try write(bytes, number: block.number)
        state.withLock { $0.replace(new) }
    }
}

extension MetricStore.State {
    /// Makes a deletion that is in the log visible.
    /// - Parameter hidden: the blocks that it concerns, as they are after it.
    fileprivate mutating func apply(_ deletion: Deletion, _ hidden: [Block]) -> MetricStore.DeletionOutcome {
        let series = head.delete(deletion.matchers, in: deletion.range)
        if series > 0 {
            head.removeEmptySeries()
            head.recount()
        }
        exemplars.delete(deletion.matchers, in: deletion.range)
        for block in hidden { replace(block) }
        past.noteLoss()
        lastDeletion = deletion.number
        if !hidden.isEmpty { deletions.append(deletion) }
        return .init(headSeries: series, blocks: hidden.count)
    }

    /// Puts a block in the place of the one with its number. One that was set aside meanwhile stays away.
    fileprivate mutating func replace(_ block: Block) {
        guard let place = blocks.firstIndex(where: { $0.number == block.number }) else { return }
        blocks[place] = block
    }
}
