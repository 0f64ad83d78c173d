internal import Synchronization
package import Telemetry

extension MetricStore {
    private struct Found {
        var head: HeadSeries?
        var blocks: [(block: Block, series: UInt32)] = []
    }

    /// The series that pass all matchers and may have samples in the range, in label order.
    package func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws -> [any SeriesReader] {
        find(matchers, range).map { bytes, found in
            StoredSeriesReader(store: self, labels: Labels(canonical: bytes), head: found.head, blocks: found.blocks)
        }
        .sorted { $0.labels < $1.labels }
    }

    /// Label sets of the series that pass any of the selectors, sorted.
    package func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) throws -> [Labels] {
        var bytes: Set<[UInt8]> = []
        for selector in selectors.isEmpty ? [[]] : selectors { bytes.formUnion(find(selector, range).keys) }
        return bytes.map { Labels(canonical: $0) }.sorted()
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

    private func find(_ matchers: [LabelMatcher], _ range: ClosedRange<Milliseconds>) -> [[UInt8]: Found] {
        // The head's series are copied together with the list of blocks, so that nothing is seen twice or missed in between.
        let (head, blocks) = state.withLock { state in
            let head = state.head.series(matching: matchers).map { state.head.series[Int($0)] }
            return (head.filter { $0.span?.overlaps(range) ?? false }, state.blocks)
        }
        var found: [[UInt8]: Found] = [:]
        for block in blocks where block.span.overlaps(range) {
            for series in block.series(matching: matchers) {
                found[block.labels(series), default: Found()].blocks.append((block, series))
            }
        }
        for series in head { found[series.labels, default: Found()].head = series }
        return found
    }
}

/// One series of a selection: its share of each block, oldest write first, and of the head.
struct StoredSeriesReader: SeriesReader {
    let store: MetricStore
    let labels: Labels
    let head: HeadSeries?
    let blocks: [(block: Block, series: UInt32)]

    func read(_ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns) throws {
        var all = SampleColumns()
        for (block, series) in blocks where block.span.overlaps(range) {
            do throws(MetricStoreError) {
                all.merge(try block.read(series, range))
            } catch {
                store.setAside(block, error)
            }
        }
        if let head { all.merge(head.read(range)) }
        if columns.isEmpty {
            columns = all
        } else {
            columns.timestamps += all.timestamps
            columns.values += all.values
        }
    }
}
