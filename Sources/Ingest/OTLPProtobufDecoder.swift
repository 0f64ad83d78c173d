import Compression
import Foundation

/// Reads OTLP metrics from protobuf.
///
/// ```
/// ExportMetricsServiceRequest { 1: ResourceMetrics { 1: Resource { 1: KeyValue }, 2: ScopeMetrics { 2: Metric } } }
/// Metric { 1: name, 2: description, 3: unit, 5: Gauge, 7: Sum, 9: Histogram, 10: ExponentialHistogram, 11: Summary }
/// Gauge, Sum, Histogram … { 1: point, 2: temporality, 3: monotonic }
/// ```
struct OTLPProtobufDecoder {
    let bytes: [UInt8]
    var metrics: OTLPMetrics

    /// Decodes a whole request that may unfold to so many bytes.
    static func decode(_ bytes: [UInt8], maximumBytes: Int) throws(IngestError) -> OTLPMetrics {
        var decoder = OTLPProtobufDecoder(bytes: bytes, metrics: OTLPMetrics(maximumBytes: maximumBytes))
        var request = ProtobufReader(bytes)
        while let field = try request.nextField() {
            guard field.number == 1, field.wireType == 2 else { continue }
            decoder.metrics.resources.append(try decoder.resource(field.range))
        }
        return decoder.metrics
    }

    private init(bytes: [UInt8], metrics: OTLPMetrics) {
        self.bytes = bytes
        self.metrics = metrics
    }

    private mutating func resource(_ range: Range<Int>) throws(IngestError) -> OTLPMetrics.Resource {
        try metrics.take(OTLPMetrics.Resource.self)
        var resource = OTLPMetrics.Resource()
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            guard field.wireType == 2 else { continue }
            if field.number == 1 { resource.attributes += try attributes(field.range, field: 1) }
            if field.number == 2 { try scope(field.range, into: &resource) }
        }
        return resource
    }

    private mutating func scope(_ range: Range<Int>, into resource: inout OTLPMetrics.Resource) throws(IngestError) {
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            guard field.number == 2, field.wireType == 2 else { continue }
            resource.metrics.append(try metric(field.range))
        }
    }

    private mutating func metric(_ range: Range<Int>) throws(IngestError) -> OTLPMetrics.Metric {
        try metrics.take(OTLPMetrics.Metric.self)
        var metric = OTLPMetrics.Metric()
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            guard field.wireType == 2 else { continue }
            switch field.number {
            case 1: metric.name = text(field.range)
            case 2: metric.help = text(field.range)
            case 3: metric.unit = text(field.range)
            case 5: try data(field.range, .gauge, into: &metric)
            case 7: try data(field.range, .sum, into: &metric)
            case 9: try data(field.range, .histogram, into: &metric)
            case 10: try data(field.range, .exponentialHistogram, into: &metric)
            case 11: try data(field.range, .summary, into: &metric)
            default: break
            }
        }
        return metric
    }

    private mutating func data(
        _ range: Range<Int>, _ shape: OTLPMetrics.Shape, into metric: inout OTLPMetrics.Metric
    ) throws(IngestError) {
        metric.shape = shape
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (1, 2):
                metric.points.append(try point(field.range, shape))
            case (2, 0): metric.temporality = Int(clamping: field.value)
            case (3, 0): metric.isMonotonic = field.value != 0
            default: break
            }
        }
    }

    private mutating func point(_ range: Range<Int>, _ shape: OTLPMetrics.Shape) throws(IngestError) -> OTLPMetrics.Point {
        try metrics.take(OTLPMetrics.Point.self)
        var point = OTLPMetrics.Point()
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            if field.number == 3, field.wireType == 1 {
                point.time = field.value
                continue
            }
            switch shape {
            case .gauge, .sum: try number(field, into: &point)
            case .histogram: try histogram(field, into: &point)
            case .summary: try summary(field, into: &point)
            case .exponentialHistogram: try exponentialHistogram(field, into: &point)
            }
        }
        return point
    }

    private mutating func number(_ field: ProtobufReader.Field, into point: inout OTLPMetrics.Point) throws(IngestError) {
        switch (field.number, field.wireType) {
        case (4, 1): point.value = Double(bitPattern: field.value)
        case (5, 2): point.exemplars.append(try exemplar(field.range))
        case (6, 1): point.value = Double(Int64(bitPattern: field.value))
        case (7, 2): point.attributes.append(try attribute(field.range))
        case (8, 0): point.flags = field.value
        default: break
        }
    }

    private mutating func histogram(_ field: ProtobufReader.Field, into point: inout OTLPMetrics.Point) throws(IngestError) {
        switch (field.number, field.wireType) {
        case (4, 1): point.count = field.value
        case (5, 1): point.sum = Double(bitPattern: field.value)
        case (6, 1): point.bucketCounts.append(field.value)
        case (6, 2): point.bucketCounts += try packed(field.range)
        case (7, 1): point.bounds.append(Double(bitPattern: field.value))
        case (7, 2): point.bounds += try packed(field.range).map(Double.init(bitPattern:))
        case (8, 2): point.exemplars.append(try exemplar(field.range))
        case (9, 2): point.attributes.append(try attribute(field.range))
        case (10, 0): point.flags = field.value
        default: break
        }
    }

    private mutating func exponentialHistogram(
        _ field: ProtobufReader.Field, into point: inout OTLPMetrics.Point
    ) throws(IngestError) {
        switch (field.number, field.wireType) {
        case (1, 2): point.attributes.append(try attribute(field.range))
        case (4, 1): point.count = field.value
        case (5, 1): point.sum = Double(bitPattern: field.value)
        case (6, 0): point.exponential.scale = Int(clamping: Varint.unzigzag(field.value))
        case (7, 1): point.exponential.zeroCount = field.value
        case (8, 2): point.exponential.positive = try exponentialSide(field.range)
        case (9, 2): point.exponential.negative = try exponentialSide(field.range)
        case (10, 0): point.flags = field.value
        case (11, 2): point.exemplars.append(try exemplar(field.range))
        case (14, 1): point.exponential.zeroThreshold = Double(bitPattern: field.value)
        default: break
        }
    }

    /// `Buckets { 1: offset, 2: counts }`.
    private mutating func exponentialSide(_ range: Range<Int>) throws(IngestError) -> OTLPMetrics.Exponential.Side {
        var side = OTLPMetrics.Exponential.Side()
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (1, 0): side.offset = Int(clamping: Varint.unzigzag(field.value))
            case (2, 0):
                try metrics.take(UInt64.self)
                side.counts.append(field.value)
            case (2, 2):
                var packed = ProtobufReader(bytes, in: field.range)
                while let count = try packed.nextPackedField() {
                    try metrics.take(UInt64.self)
                    side.counts.append(count)
                }
            default: break
            }
        }
        return side
    }

    private mutating func summary(_ field: ProtobufReader.Field, into point: inout OTLPMetrics.Point) throws(IngestError) {
        switch (field.number, field.wireType) {
        case (4, 1): point.count = field.value
        case (5, 1): point.sum = Double(bitPattern: field.value)
        case (6, 2): point.quantiles.append(try quantile(field.range))
        case (7, 2): point.attributes.append(try attribute(field.range))
        case (8, 0): point.flags = field.value
        default: break
        }
    }

    private mutating func quantile(_ range: Range<Int>) throws(IngestError) -> (Double, Double) {
        try metrics.take((Double, Double).self)
        var pair = (0.0, 0.0)
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            if field.number == 1, field.wireType == 1 { pair.0 = Double(bitPattern: field.value) }
            if field.number == 2, field.wireType == 1 { pair.1 = Double(bitPattern: field.value) }
        }
        return pair
    }

    private func packed(_ range: Range<Int>) throws(IngestError) -> [UInt64] {
        var values: [UInt64] = []
        values.reserveCapacity(range.count / 8)
        var reader = ProtobufReader(bytes, in: range)
        while let value = try reader.nextPackedFixedField() { values.append(value) }
        return values
    }

    private mutating func attributes(_ range: Range<Int>, field number: Int) throws(IngestError) -> [OTLPAttribute] {
        var attributes: [OTLPAttribute] = []
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            if field.number == number, field.wireType == 2 { attributes.append(try attribute(field.range)) }
        }
        return attributes
    }

    mutating func attribute(_ range: Range<Int>) throws(IngestError) -> OTLPAttribute {
        try metrics.take(OTLPAttribute.self)
        var attribute = OTLPAttribute(name: "", value: "")
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            guard field.wireType == 2 else { continue }
            if field.number == 1 { attribute.name = text(field.range) }
            if field.number == 2 { attribute.value = try value(field.range, depth: 0).text }
        }
        return attribute
    }

    private mutating func value(_ range: Range<Int>, depth: Int) throws(IngestError) -> OTLPValue {
        guard depth < OTLPMetrics.maximumDepth else { throw OTLPValue.tooDeep }
        try metrics.take(OTLPAttribute.self)
        var value = OTLPValue.null
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            switch (field.number, field.wireType) {
            case (1, 2): value = .string(text(field.range))
            case (2, 0): value = .boolean(field.value != 0)
            case (3, 0): value = .integer(Int64(bitPattern: field.value))
            case (4, 1): value = .double(Double(bitPattern: field.value))
            case (5, 2): value = .list(try list(field.range, depth: depth + 1))
            case (6, 2): value = .map(try map(field.range, depth: depth + 1))
            case (7, 2): value = .string(Data(bytes[field.range]).base64EncodedString())
            default: break
            }
        }
        return value
    }

    private mutating func list(_ range: Range<Int>, depth: Int) throws(IngestError) -> [OTLPValue] {
        var values: [OTLPValue] = []
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            if field.number == 1, field.wireType == 2 { values.append(try value(field.range, depth: depth)) }
        }
        return values
    }

    private mutating func map(_ range: Range<Int>, depth: Int) throws(IngestError) -> [(String, OTLPValue)] {
        var pairs: [(String, OTLPValue)] = []
        var fields = ProtobufReader(bytes, in: range)
        while let field = try fields.nextField() {
            guard field.number == 1, field.wireType == 2 else { continue }
            var name = ""
            var found = OTLPValue.null
            var pair = ProtobufReader(bytes, in: field.range)
            while let part = try pair.nextField() {
                guard part.wireType == 2 else { continue }
                if part.number == 1 { name = text(part.range) }
                if part.number == 2 { found = try value(part.range, depth: depth) }
            }
            pairs.append((name, found))
        }
        return pairs
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
