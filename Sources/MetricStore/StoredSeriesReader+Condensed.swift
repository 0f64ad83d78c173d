internal import Telemetry

extension StoredSeriesReader {
    /// Reads a series of which some is condensed: all in one aspect, so that whoever reads need not tell one from the other.
    func readCondensed(
        _ range: ClosedRange<Milliseconds>, into all: inout SampleColumns, _ scratch: inout ReadScratch
    ) {
        for (block, series) in blocks where block.span.overlaps(range) {
            do throws(MetricStoreError) {
                var part = SampleColumns()
                if block.resolution > 0 {
                    try block.read(series, range, for: reading, into: &part, scratch: &scratch)
                } else {
                    try block.read(series, range, into: &part, scratch: &scratch)
                    if reading.aspect == .count { part.becomeCounts() }
                }
                all.merge(part)
            } catch {
                store.setAside(block, error)
            }
        }
        if let head {
            var part = head.read(range)
            if reading.aspect == .count { part.becomeCounts() }
            all.merge(part)
        }
        if all.hasHistograms { all.detectResets() }
    }
}
