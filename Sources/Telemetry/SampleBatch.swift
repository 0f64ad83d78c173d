/// Milliseconds since 1970-01-01 UTC: the time of a sample, as in Prometheus.
package typealias Milliseconds = Int64

/// One value of a series at one time.
package struct Sample: Hashable, Sendable {
    package var timestamp: Milliseconds
    package var value: Double

    package init(_ timestamp: Milliseconds, _ value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}

/// Samples on their way into the store, in columns: no object a sample, no string a label.
///
/// Decoders write straight from the received bytes: ``beginSeries()``, ``appendLabel(name:value:)`` for each label in any order,
/// ``endSeries()``, then ``append(_:at:)`` for its samples. The labels of a series stand in ``labelBytes`` in canonical form
/// (sorted by name; for each label: name length, name, value length, value; lengths as LEB128), so a store can hash and compare
/// them as they are.
///
/// A sender repeats the same series again and again, so a decoder may also leave a series' labels as they were received, with
/// ``beginSeries(wireLabels:)``: a store that remembers which series those bytes meant need not read them.
package struct SampleBatch: Sendable {
    /// Where a series' labels and samples stand in the columns.
    package struct Series: Sendable {
        /// In ``SampleBatch/labelBytes``, or in ``SampleBatch/wire`` where ``isWire``.
        package var labels: Range<Int>
        package var samples: Range<Int>
        /// The labels are as they were received, neither checked nor canonical.
        package var isWire = false
    }

    /// The value that marks a series as gone (Prometheus' stale marker, a NaN with this payload).
    package static let staleMarker = Double(bitPattern: 0x7ff0_0000_0000_0002)
    /// Most labels a series may have.
    package static let maximumLabels = 64
    /// Longest label name or value, in bytes.
    package static let maximumLabelBytes = 4096

    /// Who sent it: the peer's address, or the job of a scrape. A store limits what one source may bring in; `nil` is limited by nothing
    /// but the limits of all.
    package var source: String?
    package private(set) var labelBytes: [UInt8] = []
    /// What was received, where series refer to it.
    package let wire: [UInt8]
    package internal(set) var series: [Series] = []
    package internal(set) var timestamps: [Milliseconds] = []
    package internal(set) var values: [Double] = []
    /// What samples have beside their number, or in its place, by their place in ``values``; of most there is nothing.
    package internal(set) var details: [Int: SampleDetail] = [:]
    /// Buckets of all histograms.
    package internal(set) var bucketCount = 0
    /// Series that broke a limit or had no labels, refused with a reason. Their samples are counted, not kept.
    package private(set) var refused: [String: Int] = [:]

    /// Exemplars of the series, see ``appendExemplar(_:)``.
    package internal(set) var exemplars: [SeriesExemplar] = []
    /// What metrics say about themselves, by name.
    package internal(set) var metadata: [String: MetricMetadata] = [:]

    private var pending: [(name: Range<Int>, value: Range<Int>)] = []
    private var scratch: [UInt8] = []
    var refusal: String?

    /// - Parameter wire: a received message whose series' labels are left in it.
    package init(wire: [UInt8] = []) {
        self.wire = wire
    }

    /// Whether the series begun last is taken.
    var takesSamples: Bool { refusal == nil }

    package var sampleCount: Int { values.count }
    package var isEmpty: Bool { values.isEmpty }

    /// Starts a series; its labels follow.
    package mutating func beginSeries() {
        pending.removeAll(keepingCapacity: true)
        scratch.removeAll(keepingCapacity: true)
        refusal = nil
    }

    /// Starts a series whose labels stand in ``wire`` as protobuf fields `1: Label { 1: name, 2: value }`, one after the other. Its
    /// samples follow. Whether the labels are sound is seen when somebody reads them.
    package mutating func beginSeries(wireLabels: Range<Int>) {
        refusal = nil
        series.append(Series(labels: wireLabels, samples: values.count..<values.count, isWire: true))
    }

    /// Takes back the series begun last, with its samples.
    package mutating func dropLastSeries() {
        guard let last = series.popLast() else { return }
        if !details.isEmpty {
            for position in last.samples {
                bucketCount -= details.removeValue(forKey: position)?.histogram?.bucketCount ?? 0
            }
        }
        timestamps.removeSubrange(last.samples.lowerBound...)
        values.removeSubrange(last.samples.lowerBound...)
        while let exemplar = exemplars.last, exemplar.series >= series.count { exemplars.removeLast() }
    }

    /// Makes room for so many series and samples.
    package mutating func reserveCapacity(series seriesCount: Int, samples sampleCount: Int) {
        series.reserveCapacity(seriesCount)
        timestamps.reserveCapacity(sampleCount)
        values.reserveCapacity(sampleCount)
    }

    /// Adds a label of the series begun. Empty values are dropped.
    package mutating func appendLabel(name: some Collection<UInt8>, value: some Collection<UInt8>) {
        add(name, value)
    }

    /// The same for parts of an array, which is what decoders have at hand. Other modules can't specialise the generic form, and it
    /// costs them several times as much a label.
    package mutating func appendLabel(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        add(name, value)
    }

    private mutating func add(_ name: some Collection<UInt8>, _ value: some Collection<UInt8>) {
        guard !value.isEmpty else { return }
        guard pending.count < SampleBatch.maximumLabels else { refusal = "too_many_labels"; return }
        guard name.count <= SampleBatch.maximumLabelBytes, value.count <= SampleBatch.maximumLabelBytes else {
            refusal = "label_too_long"
            return
        }
        let start = scratch.count
        scratch.append(contentsOf: name)
        let middle = scratch.count
        scratch.append(contentsOf: value)
        pending.append((start..<middle, middle..<scratch.count))
    }

    /// Closes the label list: sorts it, checks it and makes the series the one that samples are appended to.
    package mutating func endSeries() {
        closeLabels()
        guard refusal == nil else { return }
        let start = labelBytes.count
        for label in pending {
            SampleBatch.appendLength(label.name.count, to: &labelBytes)
            labelBytes.append(contentsOf: scratch[label.name])
            SampleBatch.appendLength(label.value.count, to: &labelBytes)
            labelBytes.append(contentsOf: scratch[label.value])
        }
        series.append(Series(labels: start..<labelBytes.count, samples: values.count..<values.count))
    }

    /// Sorts and checks the labels collected; what is wrong with them is in `refusal`.
    private mutating func closeLabels() {
        var sorted = true
        for index in pending.indices.dropFirst() where !precedes(pending[index - 1].name, pending[index].name) {
            sorted = false
            break
        }
        if !sorted {
            pending.sort { [scratch] in scratch[$0.name].lexicographicallyPrecedes(scratch[$1.name]) }
            for index in pending.indices.dropFirst()
            where scratch[pending[index - 1].name].elementsEqual(scratch[pending[index].name]) {
                refusal = "duplicate_label"
            }
        }
        if pending.isEmpty { refusal = refusal ?? "no_labels" }
    }

    /// Adds a sample to the series begun last.
    package mutating func append(_ value: Double, at timestamp: Milliseconds) {
        if let refusal {
            refused[refusal, default: 0] += 1
            return
        }
        timestamps.append(timestamp)
        values.append(value)
        series[series.count - 1].samples = series[series.count - 1].samples.lowerBound..<values.count
    }

    /// Adds a whole series.
    package mutating func append(_ labels: Labels, _ samples: some Sequence<Sample>) {
        beginSeries()
        for label in labels { appendLabel(name: label.name.utf8, value: label.value.utf8) }
        endSeries()
        for sample in samples { append(sample.value, at: sample.timestamp) }
    }

    /// Adds one sample of one series.
    package mutating func append(_ labels: Labels, _ value: Double, at timestamp: Milliseconds) {
        append(labels, CollectionOfOne(Sample(timestamp, value)))
    }

    /// The labels of a series, decoded; empty where they were left as received and are not sound.
    package func labels(of series: Series) -> Labels {
        guard series.isWire else { return Labels(canonical: labelBytes[series.labels]) }
        return (try? canonicalLabels(of: series).get()).map { Labels(canonical: $0) } ?? .empty
    }

    /// The canonical form of a series' labels, or, where they were left as received, why they are refused.
    package func canonicalLabels(of series: Series) -> Result<[UInt8], LabelRefusal> {
        guard series.isWire else { return .success(Array(labelBytes[series.labels])) }
        var batch = SampleBatch()
        batch.beginSeries()
        guard WireLabels.append(wire, series.labels, to: &batch) else { return .failure(LabelRefusal(reason: "damaged_label")) }
        batch.endSeries()
        if let refusal = batch.refusal { return .failure(LabelRefusal(reason: refusal)) }
        return .success(batch.labelBytes)
    }

    private func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        scratch[left].lexicographicallyPrecedes(scratch[right])
    }

    package static func appendLength(_ length: Int, to bytes: inout [UInt8]) {
        var rest = UInt(length)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension Labels {
    /// Reads the canonical form that ``SampleBatch`` writes. Invalid UTF-8 is repaired.
    package init(canonical bytes: ArraySlice<UInt8>) {
        var labels: [Label] = []
        unsafe bytes.withUnsafeBytes { bytes in
            var position = 0
            while position < bytes.count, let name = unsafe Labels.counted(bytes, at: &position),
                let value = unsafe Labels.counted(bytes, at: &position)
            {
                labels.append(Label(name, value))
            }
        }
        self.init(sorted: labels)
    }

    /// The same for bytes that are no slice.
    package init(canonical bytes: [UInt8]) { self.init(canonical: bytes[...]) }

    /// A text preceded by its length; `nil` where it would reach beyond the end.
    private static func counted(_ bytes: UnsafeRawBufferPointer, at position: inout Int) -> String? {
        var length = 0
        var shift = 0
        while position < bytes.count {
            let byte = unsafe bytes[position]
            position += 1
            length |= Int(byte & 0x7f) << shift
            shift += 7
            if byte & 0x80 == 0 { break }
        }
        guard length >= 0, length <= bytes.count - position else { return nil }
        defer { position += length }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(rebasing: bytes[position..<position + length]), as: UTF8.self)
    }

    /// The canonical form that ``SampleBatch`` writes.
    package var canonicalBytes: [UInt8] {
        var bytes: [UInt8] = []
        for label in self {
            SampleBatch.appendLength(label.name.utf8.count, to: &bytes)
            bytes.append(contentsOf: label.name.utf8)
            SampleBatch.appendLength(label.value.utf8.count, to: &bytes)
            bytes.append(contentsOf: label.value.utf8)
        }
        return bytes
    }
}
