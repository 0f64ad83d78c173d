internal import Telemetry

/// The newest samples of a series, ascending, that are not a chunk yet: packed where they are plain numbers, which nearly all are, and
/// as columns from the first on that is more.
struct SeriesTail: Sendable {
    private struct Detailed: Sendable {
        var columns: SampleColumns
        var bucketCount = 0
    }

    private var packed = PackedSamples()
    /// The samples where some of them are more than numbers: one element, or none. An array, as that takes one word where it is empty.
    private var detailed: [Detailed] = []

    var isEmpty: Bool { detailed.isEmpty ? packed.isEmpty : detailed[0].columns.isEmpty }
    var count: Int { detailed.isEmpty ? Int(packed.count) : detailed[0].columns.count }
    /// Buckets of all histograms, those that were replaced counted too.
    var bucketCount: Int { detailed.isEmpty ? 0 : detailed[0].bucketCount }

    /// The oldest and the newest time.
    var span: ClosedRange<Milliseconds>? {
        guard !isEmpty else { return nil }
        guard let columns = detailed.first?.columns else { return packed.first...packed.last }
        return columns.timestamps[0]...columns.timestamps[columns.count - 1]
    }

    /// All samples.
    var columns: SampleColumns { detailed.isEmpty ? packed.unpacked() : detailed[0].columns }

    /// Adds a sample that is newer than all others.
    mutating func append(_ time: Milliseconds, _ value: Double) {
        if detailed.isEmpty { packed.append(time, value) } else { detailed[0].columns.append(time, value) }
    }

    /// Puts a sample where it belongs, in place of one that has its time.
    mutating func insert(_ time: Milliseconds, _ value: Double) { edit { $0.put(time, value) } }

    /// Gives the sample of a time what it has beside its number.
    mutating func set(_ detail: SampleDetail, at time: Milliseconds) {
        if detailed.isEmpty {
            detailed = [Detailed(columns: packed.unpacked())]
            packed = PackedSamples()
        }
        detailed[0].columns.set(detail, at: detailed[0].columns.timestamps.partition(atLeast: time))
        detailed[0].bucketCount += detail.histogram?.bucketCount ?? 0
    }

    /// Takes away the samples of a range, both ends included.
    mutating func remove(_ range: ClosedRange<Milliseconds>) {
        guard let span, span.overlaps(range) else { return }
        edit { $0.remove(range) }
    }

    /// Takes out the samples before a time: mostly all or none, as a tail goes into one block.
    mutating func cut(before time: Milliseconds) -> SeriesTail {
        guard let span, span.lowerBound < time else { return SeriesTail() }
        var old = self
        if span.upperBound < time {
            self = SeriesTail()
        } else {
            old.remove(time...(.max))
            remove(.min...time - 1)
        }
        return old
    }

    /// The samples of a range, both ends included.
    func read(_ range: ClosedRange<Milliseconds>) -> SampleColumns {
        guard let span, span.overlaps(range) else { return SampleColumns() }
        return columns.clipped(to: range)
    }

    /// Changes the samples as columns. Rare: whoever sends in order only appends.
    private mutating func edit(_ change: (inout SampleColumns) -> Void) {
        if detailed.isEmpty {
            var columns = packed.unpacked()
            change(&columns)
            packed = PackedSamples(columns)
        } else {
            change(&detailed[0].columns)
        }
    }
}

extension SampleColumns {
    /// The oldest and the newest time.
    var span: ClosedRange<Milliseconds>? { isEmpty ? nil : timestamps[0]...timestamps[count - 1] }

    /// Puts a number where it belongs, in place of a sample that has its time.
    mutating func put(_ time: Milliseconds, _ value: Double) {
        let index = timestamps.partition(atLeast: time)
        if index < count, timestamps[index] == time {
            replace(at: index, value)
        } else {
            insert(time, value, at: index)
        }
    }
}
