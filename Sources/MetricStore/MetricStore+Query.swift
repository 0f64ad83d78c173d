internal import Synchronization
package import Telemetry

extension MetricStore {
    /// The series that pass all matchers and may have samples in the range, in label order.
    package func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws -> [any SeriesReader] {
        find(matchers, range).sorted { $0.labels < $1.labels }
    }

    /// The same for a purpose: condensed samples are given as it wants them, and instead of others where they do.
    package func select(
        _ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>, for reading: SampleReading
    ) throws -> [any SeriesReader] {
        find(matchers, range, reading).sorted { $0.labels < $1.labels }
    }

    /// How far the past is settled: five minutes behind the clock. What comes later than that changes the version.
    package func settledPast() -> SettledPast? {
        let now = options.clock()
        return state.withLock { $0.past.settled(at: now) }
    }

    /// Label sets of the series that pass any of the selectors, sorted.
    package func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) throws -> [Labels] {
        let selectors = selectors.isEmpty ? [[]] : selectors
        let found = selectors.flatMap { find($0, range).map(\.labels) }
        return (selectors.count == 1 ? found : Array(Set(found))).sorted()
    }

    /// Names of labels in use, sorted. Without selectors the answer may include names that are only in use near the range.
    package func labelNames(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) throws -> [String] {
        guard selectors.isEmpty else {
            return Set(try series(matchingAny: selectors, in: range).flatMap { $0.map(\.name) }).sorted()
        }
        let (head, blocks) = state.withLock { ($0.head.labelNames, $0.blocks) }
        var names = Set(head)
        for block in blocks where block.span.overlaps(range) { names.formUnion(block.labelNames) }
        return names.sorted()
    }

    /// Values of one label in use, sorted. Without selectors the answer may include values that are only in use near the range.
    package func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) throws -> [String] {
        guard selectors.isEmpty else {
            return Set(try series(matchingAny: selectors, in: range).compactMap { $0[name] }).sorted()
        }
        let (head, blocks) = state.withLock { ($0.head.values(of: name), $0.blocks) }
        var values = Set(head)
        for block in blocks where block.span.overlaps(range) { values.formUnion(block.values(of: name)) }
        return values.sorted()
    }

    private func find(
        _ matchers: [LabelMatcher], _ range: ClosedRange<Milliseconds>, _ reading: SampleReading = SampleReading()
    ) -> [StoredSeriesReader] {
        // The head's series are copied together with the list of blocks, so that nothing is seen twice or missed in between.
        let (head, blocks) = state.withLock { state in
            let head = state.head.series(matching: matchers).map { state.head.series[Int($0)] }
            return (head.filter { $0.span?.overlaps(range) ?? false }, state.blocks)
        }
        let overlapping = BlockChoice.blocks(blocks, for: reading.resolution).filter { $0.span.overlaps(range) }
        let parts = overlapping.map { ($0, $0.remaining($0.series(matching: matchers))) }.filter { !$0.1.isEmpty }
        var readers: [StoredSeriesReader] = []
        var places: [SeriesIdentity: Int] = [:]
        // Where there is only one place to look at, nothing has to be joined.
        let isJoined = parts.count + (head.isEmpty ? 0 : 1) > 1
        func reader(of identity: SeriesIdentity) -> Int {
            if isJoined, let known = places[identity] { return known }
            if isJoined { places[identity] = readers.count }
            readers.append(StoredSeriesReader(store: self, labels: identity.labels, reading: reading))
            return readers.count - 1
        }
        for (block, list) in parts {
            for (series, identity) in zip(list, block.identities(list)) {
                readers[reader(of: identity)].blocks.append((block, series))
            }
        }
        for series in head {
            let hash = isJoined ? SeriesIdentity.hash(canonical: series.labels) : 0
            readers[reader(of: SeriesIdentity(hash: hash, labels: Labels(canonical: series.labels)))].head = series
        }
        return readers
    }
}

/// One series of a selection: its share of each block, oldest write first, and of the head.
struct StoredSeriesReader: SeriesReader {
    let store: MetricStore
    let labels: Labels
    var reading: SampleReading
    var head: HeadSeries?
    var blocks: [(block: Block, series: UInt32)] = []

    var isCondensed: Bool { blocks.contains { $0.block.resolution > 0 } }

    func reading(_ aspect: SampleReading.Aspect) -> any SeriesReader {
        var other = self
        other.reading.aspect = aspect
        return other
    }

    func read(_ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns) throws {
        var scratch = ReadScratch()
        try read(range, into: &columns, scratch: &scratch)
    }

    func read(_ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns, scratch: inout ReadScratch) throws {
        guard columns.isEmpty else {
            var all = SampleColumns()
            read(range, into: &all, &scratch)
            columns.append(contentsOf: all)
            return
        }
        read(range, into: &columns, &scratch)
    }

    private func read(_ range: ClosedRange<Milliseconds>, into all: inout SampleColumns, _ scratch: inout ReadScratch) {
        if isCondensed { return readCondensed(range, into: &all, &scratch) }
        let wantsValues = reading.aspect != .presence
        for (block, series) in blocks where block.span.overlaps(range) {
            let count = all.count
            do throws(MetricStoreError) {
                // Blocks mostly follow each other; where one lies over what is there already, it is laid over it.
                if let last = all.timestamps.last, block.span.lowerBound <= last {
                    var part = SampleColumns()
                    try block.read(series, range, into: &part, wantsValues: wantsValues, scratch: &scratch)
                    all.merge(part)
                } else {
                    try block.read(series, range, into: &all, wantsValues: wantsValues, scratch: &scratch)
                }
            } catch {
                // What was read of it before the damage was sound, but half of a block is no answer.
                all.truncate(to: count)
                store.setAside(block, error)
            }
        }
        if let head { all.merge(head.read(range)) }
        // Chunks tell their own resets; only where they meet, and in what is not in chunks yet, it is still to be seen.
        if all.hasHistograms { all.detectResets() }
    }
}
