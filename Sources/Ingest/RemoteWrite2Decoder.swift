import Compression
package import Telemetry

/// Decodes a remote-write 2.0 request, whose labels are numbers of texts in a table.
///
/// ```
/// Request { 4: symbol, 5: TimeSeries { 1: label references, 2: Sample, 3: Histogram, 4: Exemplar, 5: Metadata } }
/// Sample { 1: double, 2: int64 ms, 3: start ms }; Exemplar { 1: label references, 2: double, 3: int64 ms };
/// Metadata { 1: type, 3: help reference, 4: unit reference }; see ``HistogramMessage`` for the histogram
/// ```
/// A request that can't be what it says is refused as a whole; a series that breaks the protocol is left out and counted, the
/// others are kept.
package enum RemoteWrite2Decoder {
    /// Most texts in the table.
    package static let maximumSymbols = 1_000_000
    /// Most bytes of labels that a request may unfold to, as a multiple of what it may have itself: a few references can repeat a
    /// long text again and again.
    package static let maximumUnfolding = 4

    /// What was read, and what was left out and why.
    package struct Result: Sendable {
        package var batch = SampleBatch()
        /// Exemplars that can't be taken, by reason; they are no reason to refuse their samples.
        package var refusedExemplars: [String: Int] = [:]
        /// Samples of series that break the protocol, by reason; a series without any counts as one.
        package var refused: [String: Int] = [:]
    }

    /// Restores the Snappy block and decodes it.
    package static func decode(snappy body: [UInt8], maximumBytes: Int) throws(IngestError) -> Result {
        let message: [UInt8]
        do { message = try Snappy.decompress(body, maximumBytes: maximumBytes) } catch { throw IngestError(error) }
        return try decode(message, maximumLabelBytes: maximumBytes * maximumUnfolding)
    }

    /// Decodes an uncompressed message.
    package static func decode(_ bytes: [UInt8], maximumLabelBytes: Int) throws(IngestError) -> Result {
        let symbols = try symbols(bytes)
        var decoder = SeriesDecoder(bytes: bytes, symbols: symbols)
        var request = ProtobufReader(bytes)
        while let field = try request.nextField() {
            guard field.number == 5, field.wireType == 2 else { continue }
            try decoder.decode(field.range)
            guard decoder.result.batch.labelBytes.count <= maximumLabelBytes else {
                throw IngestError(
                    .bodyTooLarge, "the labels unfold to more than \(maximumLabelBytes) bytes: send fewer series in a request")
            }
        }
        return decoder.result
    }

    /// The table, which may stand anywhere in the message.
    private static func symbols(_ bytes: [UInt8]) throws(IngestError) -> [Range<Int>] {
        var symbols: [Range<Int>] = []
        var request = ProtobufReader(bytes)
        while let field = try request.nextField() {
            guard field.number == 4, field.wireType == 2 else { continue }
            guard symbols.count < maximumSymbols else {
                throw IngestError(.bodyTooLarge, "more than \(maximumSymbols) symbols: send fewer series in a request")
            }
            symbols.append(field.range)
        }
        if let first = symbols.first, !first.isEmpty {
            throw IngestError(.badBody, "the first symbol is not the empty text, so references can't be trusted")
        }
        return symbols
    }
}

/// Reads series one after the other.
private struct SeriesDecoder {
    let bytes: [UInt8]
    let symbols: [Range<Int>]
    var result = RemoteWrite2Decoder.Result()
    private var references: [Int] = []
    private var samples: [(sample: Sample, start: Milliseconds)] = []
    private var histograms: [Range<Int>] = []
    private var exemplars: [Range<Int>] = []
    private var metadata: Range<Int>?
    /// Names that metadata was read of: senders repeat it with every series.
    private var described: Set<Int> = []

    init(bytes: [UInt8], symbols: [Range<Int>]) {
        self.bytes = bytes
        self.symbols = symbols
    }

    mutating func decode(_ range: Range<Int>) throws(IngestError) {
        references.removeAll(keepingCapacity: true)
        samples.removeAll(keepingCapacity: true)
        histograms.removeAll(keepingCapacity: true)
        exemplars.removeAll(keepingCapacity: true)
        metadata = nil
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (1, 2): try readReferences(field.range)
            case (1, 0): references.append(Int(clamping: field.value))
            case (2, 2): samples.append(try readSample(field.range))
            case (3, 2): histograms.append(field.range)
            case (4, 2): exemplars.append(field.range)
            case (5, 2): metadata = field.range
            default: break
            }
        }
        if let reason = trouble {
            result.refused[reason, default: 0] += max(1, samples.count + histograms.count)
        } else {
            try append()
        }
    }

    /// What the protocol forbids about the series just read.
    private var trouble: String? {
        if references.isEmpty || !references.count.isMultiple(of: 2) { return "bad_label_references" }
        if references.contains(where: { !symbols.indices.contains($0) }) { return "unknown_symbol" }
        if stride(from: 0, to: references.count, by: 2).contains(where: { symbols[references[$0]].isEmpty }) {
            return "label_without_name"
        }
        if samples.isEmpty && histograms.isEmpty { return "series_without_samples" }
        if !samples.isEmpty && !histograms.isEmpty { return "samples_beside_histograms" }
        return nil
    }

    private mutating func append() throws(IngestError) {
        result.batch.beginSeries()
        for index in stride(from: 0, to: references.count, by: 2) {
            result.batch.appendLabel(name: bytes[symbols[references[index]]], value: bytes[symbols[references[index + 1]]])
        }
        result.batch.endSeries()
        for (sample, start) in samples { result.batch.append(sample.value, at: sample.timestamp, startTimestamp: start) }
        for histogram in histograms { try result.batch.append(histogram: bytes, histogram, refused: &result.refused) }
        for exemplar in exemplars { try append(exemplar: exemplar) }
        if let metadata { try describe(metadata) }
    }

    private mutating func append(exemplar range: Range<Int>) throws(IngestError) {
        var exemplar = Exemplar(labels: .empty, value: 0, timestamp: 0)
        var references: [Int] = []
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (1, 2): references += try packedReferences(field.range)
            case (1, 0): references.append(Int(clamping: field.value))
            case (2, 1): exemplar.value = Double(bitPattern: field.value)
            case (3, 0): exemplar.timestamp = Int64(bitPattern: field.value)
            default: break
            }
        }
        guard references.count.isMultiple(of: 2), references.allSatisfy(symbols.indices.contains) else {
            result.refusedExemplars["bad_exemplar", default: 0] += 1
            return
        }
        // A reference may repeat a long text again and again, so its length is asked before it is read.
        guard references.reduce(0, { $0 + symbols[$1].count }) <= Exemplar.maximumLabelBytes else {
            result.refusedExemplars["exemplar_too_long", default: 0] += 1
            return
        }
        exemplar.labels = Labels(
            stride(from: 0, to: references.count, by: 2).map { Label(text(references[$0]), text(references[$0 + 1])) })
        result.batch.appendExemplar(exemplar)
    }

    /// Reads what the series says about its metric.
    private mutating func describe(_ range: Range<Int>) throws(IngestError) {
        let name = stride(from: 0, to: references.count, by: 2).first { text(references[$0]) == Labels.metricNameLabel }
        guard let name, described.insert(references[name + 1]).inserted else { return }
        var metadata = MetricMetadata()
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            guard field.wireType == 0 else { continue }
            let reference = symbols.indices.contains(Int(clamping: field.value)) ? Int(clamping: field.value) : 0
            switch field.number {
            case 1: metadata.kind = MetadataMessage.kind(field.value)
            case 3: metadata.help = text(reference)
            case 4: metadata.unit = text(reference)
            default: break
            }
        }
        guard metadata != MetricMetadata() else { return }
        let family = MetadataMessage.family(of: text(references[name + 1])[...], metadata.kind)
        result.batch.setMetadata(metadata, of: String(family))
    }

    /// A text of the table, cut where it is longer than any that is kept: many may refer to it.
    private func text(_ symbol: Int) -> String {
        String(decoding: bytes[symbols[symbol].prefix(SampleBatch.maximumLabelBytes)], as: UTF8.self)
    }

    private mutating func readReferences(_ range: Range<Int>) throws(IngestError) {
        references += try packedReferences(range)
    }

    private func packedReferences(_ range: Range<Int>) throws(IngestError) -> [Int] {
        var packed = ProtobufReader(bytes, in: range)
        var references: [Int] = []
        while let reference = try packed.nextPackedField() { references.append(Int(clamping: reference)) }
        return references
    }

    private func readSample(_ range: Range<Int>) throws(IngestError) -> (Sample, Milliseconds) {
        var fields = ProtobufReader(bytes, in: range)
        var sample = Sample(0, 0)
        var start: Milliseconds = 0
        while let field = try fields.nextField() {
            if field.number == 1, field.wireType == 1 { sample.value = Double(bitPattern: field.value) }
            if field.number == 2, field.wireType == 0 { sample.timestamp = Int64(bitPattern: field.value) }
            if field.number == 3, field.wireType == 0 { start = Int64(bitPattern: field.value) }
        }
        return (sample, start)
    }
}
