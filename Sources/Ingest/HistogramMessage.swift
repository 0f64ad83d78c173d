import Compression
import Telemetry

/// A native histogram of remote-write, of either version, while it is read.
///
/// ```
/// Histogram { 1, 2: count, 3: sum, 4: schema, 5: zero threshold, 6, 7: zero count, 8: negative spans, 9: deltas, 10: counts,
///             11: positive spans, 12: deltas, 13: counts, 14: reset hint, 15: ms, 16: custom bounds, 17: start ms }
/// BucketSpan { 1: offset, 2: length }
/// ```
/// A histogram of integers has the differences of neighbouring buckets, one of fractions the buckets' counts.
struct HistogramMessage {
    /// Why a histogram is not taken: `bad_histogram` or `too_many_buckets`.
    struct Refusal: Error {
        let reason: String

        static let bad = Refusal(reason: "bad_histogram")
        static let tooLarge = Refusal(reason: "too_many_buckets")
    }

    /// Runs of neighbouring buckets on one side of zero, and what is in them.
    private struct Side {
        var spans: [(offset: Int64, length: UInt64)] = []
        var deltas: [Int64] = []
        var counts: [Double] = []
    }

    private static let hints: [NativeHistogram.ResetHint] = [.unknown, .reset, .notReset, .gauge]

    private(set) var timestamp: Milliseconds = 0
    private(set) var startTimestamp: Milliseconds = 0
    private var histogram = NativeHistogram()
    private var hasIntegers = false
    private var hasFractions = false
    private var schema: Int64 = 0
    private var positive = Side()
    private var negative = Side()
    private var values = 0

    /// Reads the message that stands in a part of the bytes.
    /// - Throws: ``IngestError`` where it is no message.
    init(_ bytes: [UInt8], _ range: Range<Int>) throws(IngestError) {
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (1, 0):
                histogram.count = Double(field.value)
                hasIntegers = true
            case (2, 1):
                histogram.count = Double(bitPattern: field.value)
                hasFractions = true
            case (3, 1): histogram.sum = Double(bitPattern: field.value)
            case (4, 0): schema = Varint.unzigzag(field.value)
            case (5, 1): histogram.zeroThreshold = Double(bitPattern: field.value)
            case (6, 0): histogram.zeroCount = Double(field.value)
            case (7, 1): histogram.zeroCount = Double(bitPattern: field.value)
            case (8, 2): negative.spans.append(try HistogramMessage.span(bytes, field.range))
            case (9, 0), (9, 2): negative.deltas += try deltas(bytes, field)
            case (10, 1), (10, 2): negative.counts += try doubles(bytes, field)
            case (11, 2): positive.spans.append(try HistogramMessage.span(bytes, field.range))
            case (12, 0), (12, 2): positive.deltas += try deltas(bytes, field)
            case (13, 1), (13, 2): positive.counts += try doubles(bytes, field)
            case (14, 0):
                histogram.resetHint = field.value < 4 ? HistogramMessage.hints[Int(field.value)] : .unknown
            case (15, 0): timestamp = Int64(bitPattern: field.value)
            case (16, 1), (16, 2): histogram.customBounds += try doubles(bytes, field)
            case (17, 0): startTimestamp = Int64(bitPattern: field.value)
            default: break
            }
        }
    }

    /// True if it says that the series has ended.
    var isStale: Bool { histogram.sum.bitPattern == SampleBatch.staleMarker.bitPattern }

    /// What it holds, or why that can't be true.
    func read() throws(Refusal) -> NativeHistogram {
        guard let schema = Int8(exactly: schema), !(hasIntegers && hasFractions) else { throw .bad }
        guard values <= NativeHistogram.maximumBuckets else { throw .tooLarge }
        var result = histogram
        result.schema = schema
        result.positive = try buckets(positive)
        result.negative = try buckets(negative)
        guard result.isValid, result.isPlausible else { throw .bad }
        return result
    }

    private func buckets(_ side: Side) throws(Refusal) -> HistogramBuckets {
        var counts = side.counts
        if counts.isEmpty {
            // Integers stand as differences, the first to zero.
            var last: Int64 = 0
            for delta in side.deltas {
                last = last &+ delta
                counts.append(Double(last))
            }
        }
        var buckets = HistogramBuckets()
        var index: Int64 = 0
        var place = 0
        for (number, span) in side.spans.enumerated() {
            guard number == 0 || span.offset >= 0, span.length <= UInt64(counts.count - place) else { throw .bad }
            index += span.offset
            for _ in 0..<span.length {
                guard let narrow = Int32(exactly: index) else { throw .bad }
                buckets.append(narrow, counts[place])
                index += 1
                place += 1
            }
            guard Int32(exactly: index) != nil else { throw .bad }
        }
        guard place == counts.count else { throw .bad }
        return buckets
    }

    private static func span(_ bytes: [UInt8], _ range: Range<Int>) throws(IngestError) -> (offset: Int64, length: UInt64) {
        var fields = ProtobufReader(bytes, in: range)
        var span: (offset: Int64, length: UInt64) = (0, 0)
        while let field = try fields.nextField() {
            // More than 32 bits are not meant, and cut here they can't overflow a sum.
            if field.number == 1, field.wireType == 0 { span.offset = Int64(Int32(clamping: Varint.unzigzag(field.value))) }
            if field.number == 2, field.wireType == 0 { span.length = field.value }
        }
        return span
    }

    private mutating func deltas(_ bytes: [UInt8], _ field: ProtobufReader.Field) throws(IngestError) -> [Int64] {
        values += 1
        guard field.wireType == 2 else { return [Varint.unzigzag(field.value)] }
        var deltas: [Int64] = []
        var packed = ProtobufReader(bytes, in: field.range)
        while let delta = try packed.nextPackedField() { deltas.append(Varint.unzigzag(delta)) }
        values += deltas.count
        return deltas
    }

    private mutating func doubles(_ bytes: [UInt8], _ field: ProtobufReader.Field) throws(IngestError) -> [Double] {
        values += 1
        guard field.wireType == 2 else { return [Double(bitPattern: field.value)] }
        var doubles: [Double] = []
        var packed = ProtobufReader(bytes, in: field.range)
        while let value = try packed.nextPackedFixedField() { doubles.append(Double(bitPattern: value)) }
        values += doubles.count
        return doubles
    }
}

extension NativeHistogram {
    /// Whether its counts can be those of observations: none is below zero, and buckets hold no more than there is. Fractions may miss
    /// by what rounding takes.
    var isPlausible: Bool {
        let counts = [zeroCount] + positive.counts + negative.counts
        guard count >= 0, counts.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return false }
        let total = counts.reduce(0, +)
        // Observations of NaN count, and make the sum NaN, but are in no bucket.
        return total <= count * (1 + 1e-9) && (sum.isNaN || total >= count * (1 - 1e-9))
    }
}

extension SampleBatch {
    /// Adds a histogram of remote-write to the series begun last.
    /// - Parameter refused: takes why not, by reason.
    mutating func append(
        histogram bytes: [UInt8], _ range: Range<Int>, refused: inout [String: Int]
    ) throws(IngestError) {
        let message = try HistogramMessage(bytes, range)
        if message.isStale { return append(SampleBatch.staleMarker, at: message.timestamp) }
        do throws(HistogramMessage.Refusal) {
            append(try message.read(), at: message.timestamp, startTimestamp: message.startTimestamp)
        } catch {
            refused[error.reason, default: 0] += 1
        }
    }
}
