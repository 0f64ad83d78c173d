internal import Telemetry

/// What of a block is not there any more though its bytes are: ranges by series.
struct BlockDeletions: Sendable {
    private var ranges: [UInt32: [ClosedRange<Milliseconds>]] = [:]

    var isEmpty: Bool { ranges.isEmpty }

    subscript(series: UInt32) -> [ClosedRange<Milliseconds>]? { ranges[series] }

    mutating func add(_ range: ClosedRange<Milliseconds>, to series: UInt32) {
        ranges[series, default: []].append(range)
    }

    /// Whether nothing of a series is left in a span.
    func hidesAll(of series: UInt32, in span: ClosedRange<Milliseconds>) -> Bool {
        ranges[series]?.contains { $0.lowerBound <= span.lowerBound && $0.upperBound >= span.upperBound } ?? false
    }
}

extension Block {
    /// The block as it is after deletions; `nil` where they don't concern it.
    func hiding(_ deletions: [Deletion]) -> Block? {
        var hidden = self.deletions
        var isChanged = false
        for deletion in deletions where number < deletion.blocksBefore && span.overlaps(deletion.range) {
            for item in series(matching: deletion.matchers) {
                hidden.add(deletion.range, to: item)
                isChanged = true
            }
        }
        return isChanged ? Block(self, hiding: hidden) : nil
    }

    /// Those of a list of which something may be left.
    func remaining(_ list: [UInt32]) -> [UInt32] {
        isWhole ? list : list.filter { !deletions.hidesAll(of: $0, in: span) }
    }
}

extension SealedChunk {
    /// What is left of it without some ranges.
    func removing(_ ranges: [ClosedRange<Milliseconds>]) -> [SealedChunk] {
        guard ranges.contains(where: { $0.overlaps(visible) }) else { return [self] }
        if let aggregates { return removingAggregates(ranges, aggregates) }
        var columns = read(visible)
        for range in ranges { columns.remove(range) }
        return columns.isEmpty ? [] : [SealedChunk(columns)]
    }
}
