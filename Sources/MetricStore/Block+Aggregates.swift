internal import Telemetry

extension Block {
    /// Adds what a condensed block tells of a series in a range; it is later than what the columns hold.
    /// - Throws: ``MetricStoreError`` with code `corrupt` where a chunk fails its checksum.
    func read(
        _ series: UInt32, _ range: ClosedRange<Milliseconds>, for reading: SampleReading, into columns: inout SampleColumns,
        scratch: inout ReadScratch
    ) throws(MetricStoreError) {
        let hidden = deletions[series] ?? []
        var found = SampleColumns()
        try forEachChunk(series, range) { place in
            guard let times = times(place), let bytes = file.bytes(place.data) else { return false }
            scratch.bytesRead += bytes.count
            guard AggregateColumn.isMarked(bytes[...]) else {
                guard var part = DetailColumn.decode(bytes[...], times: times) else { return false }
                for range in hidden { part.remove(range) }
                if reading.aspect == .count { part.becomeCounts() }
                found.append(contentsOf: part)
                return true
            }
            guard let column = AggregateColumn(bytes[...], count: times.count) else { return false }
            guard hidden.isEmpty else {
                guard let kept = column.aggregates(times)?.filter({ $0.isOutside(hidden) }) else { return false }
                return AggregateReader(kept, reading, resolution).append(to: &found)
            }
            return AggregateReader(column, times, reading, resolution)?.append(to: &found) ?? false
        }
        columns.append(contentsOf: found.clipped(to: range))
    }
}

extension SampleColumns {
    /// Each sample becomes the number of samples it is.
    mutating func becomeCounts() {
        for index in values.indices where values[index].bitPattern != SampleBatch.staleMarker.bitPattern { values[index] = 1 }
    }
}
