import Synchronization
package import Telemetry

extension LogStore {
    package func select(_ selection: LogSelection) throws -> [any LogStreamReader] {
        try state.withLock { state in
            try checkOpen(state)
            return LogStore.matching(state, [selection.matchers], selection.range)
                .map { stream in
                    var clamped = selection
                    clamped.range = LogStore.clamp(selection.range, stream.floor)
                    return StoredStreamReader(
                        labels: stream.labels, blocks: stream.blocks, chunks: stream.head.chunks, selection: clamped,
                        hidden: state.deletions.filter { $0.covers(stream.labels) }, store: self)
                }
        }
    }

    private static func clamp(_ range: Range<Nanoseconds>, _ floor: Nanoseconds) -> Range<Nanoseconds> {
        let lower = max(range.lowerBound, floor)
        return lower..<max(lower, range.upperBound)
    }

    package func streams(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [Labels] {
        try state.withLock { state in
            try checkOpen(state)
            return LogStore.matching(state, selectors, range).map(\.labels)
        }
    }

    /// The streams that pass all matchers and have entries in the range, as they are now.
    func selected(_ matchers: [LabelMatcher], _ range: Range<Nanoseconds>) throws -> [StoreState.Stream] {
        try state.withLock { state in
            try checkOpen(state)
            return LogStore.matching(state, [matchers], range)
        }
    }

    package func labelNames(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [String] {
        var names: Set<String> = []
        for labels in try streams(matchingAny: selectors, in: range) { for label in labels { names.insert(label.name) } }
        return names.sorted()
    }

    package func labelValues(of name: String, matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws
        -> [String]
    {
        Set(try streams(matchingAny: selectors, in: range).compactMap { $0[name] }).sorted()
    }

    private func checkOpen(_ state: borrowing StoreState) throws {
        if state.isClosed { throw LogStoreError(.closed, "log store \(directory) was closed") }
    }

    /// Streams that pass any of the selectors and have entries in the range, in label order.
    private static func matching(_ state: StoreState, _ selectors: [[LabelMatcher]], _ range: Range<Nanoseconds>)
        -> [StoreState.Stream]
    {
        state.streams.compactMap { $0 }
            .filter { stream in
                guard selectors.isEmpty || selectors.contains(where: { $0.allMatch(stream.labels) }) else { return false }
                let range = clamp(range, stream.floor)
                if range.isEmpty { return false }
                return stream.blocks.contains { $0.entry.last >= range.lowerBound && $0.entry.first < range.upperBound }
                    || stream.head.chunks.contains { $0.timestamps.contains { range.contains($0) } }
            }
            .sorted { $0.labels < $1.labels }
    }

    /// Notes that a block is damaged: its bytes are copied beside the file for whoever wants to look, and it is passed over from now on.
    func setAside(_ block: StoreState.BlockReference, _ error: LogStoreError) {
        let new = block.file.damaged.withLock { $0.insert(block.entry.offset).inserted }
        guard new else { return }
        state.withLock { $0.corruptions += 1 }
        metrics.add("magewatch_log_store_corrupt_total")
        let copy = "\(block.file.path).\(block.entry.offset).corrupt"
        report(
            "block at \(block.entry.offset) of \(block.file.path) is passed over, its bytes are set aside in \(copy): \(error)")
        do {
            guard !Files.exists(copy) else { return }
            try Files.replace(copy, in: directory + "/blocks", with: block.file.rawBlock(block.entry))
        } catch {
            report("the damaged block could not be copied: \(error)")
        }
    }
}
