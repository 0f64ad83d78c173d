import Telemetry

/// Reads OTLP metrics from JSON: names in lowerCamelCase, 64-bit integers as strings or numbers, enumerations as numbers or names.
struct OTLPJSONDecoder {
    private var metrics: OTLPMetrics
    /// What a limit had to say; reading stops there.
    private var refusal: IngestError?

    /// Decodes a whole request that may unfold to so many bytes.
    static func decode(_ body: [UInt8], maximumBytes: Int) throws(IngestError) -> OTLPMetrics {
        var decoder = OTLPJSONDecoder(metrics: OTLPMetrics(maximumBytes: maximumBytes))
        var reader = JSONReader(body, in: body.indices)
        do throws(JSONReadError) { try decoder.request(&reader) } catch {
            throw decoder.refusal
                ?? IngestError(.badBody, "the body is no JSON of an OTLP export of metrics: see byte \(error.offset)")
        }
        return decoder.metrics
    }

    private init(metrics: OTLPMetrics) {
        self.metrics = metrics
    }

    private mutating func request(_ reader: inout JSONReader) throws(JSONReadError) {
        try reader.members { (reader, key) throws(JSONReadError) in
            guard key == "resourceMetrics" else { return try reader.skip() }
            try reader.elements { (reader) throws(JSONReadError) in
                let resource = try self.resource(&reader)
                metrics.resources.append(resource)
            }
        }
    }

    private mutating func resource(_ reader: inout JSONReader) throws(JSONReadError) -> OTLPMetrics.Resource {
        try take(OTLPMetrics.Resource.self, &reader)
        var resource = OTLPMetrics.Resource()
        try reader.members { (reader, key) throws(JSONReadError) in
            switch key {
            case "resource":
                try reader.members { (reader, key) throws(JSONReadError) in
                    guard key == "attributes" else { return try reader.skip() }
                    resource.attributes += try attributes(&reader)
                }
            case "scopeMetrics":
                try reader.elements { (reader) throws(JSONReadError) in resource.metrics += try scope(&reader) }
            default: try reader.skip()
            }
        }
        return resource
    }

    private mutating func scope(_ reader: inout JSONReader) throws(JSONReadError) -> [OTLPMetrics.Metric] {
        var found: [OTLPMetrics.Metric] = []
        try reader.members { (reader, key) throws(JSONReadError) in
            guard key == "metrics" else { return try reader.skip() }
            try reader.elements { (reader) throws(JSONReadError) in found.append(try metric(&reader)) }
        }
        return found
    }

    private static let shapes: [String: OTLPMetrics.Shape] = [
        "gauge": .gauge, "sum": .sum, "histogram": .histogram, "exponentialHistogram": .exponentialHistogram,
        "summary": .summary,
    ]

    private mutating func metric(_ reader: inout JSONReader) throws(JSONReadError) -> OTLPMetrics.Metric {
        try take(OTLPMetrics.Metric.self, &reader)
        var metric = OTLPMetrics.Metric()
        try reader.members { (reader, key) throws(JSONReadError) in
            if let shape = OTLPJSONDecoder.shapes[key] {
                metric.shape = shape
                return try data(&reader, into: &metric)
            }
            switch key {
            case "name": metric.name = try reader.text()
            case "description": metric.help = try reader.text()
            case "unit": metric.unit = try reader.text()
            default: try reader.skip()
            }
        }
        return metric
    }

    private mutating func data(_ reader: inout JSONReader, into metric: inout OTLPMetrics.Metric) throws(JSONReadError) {
        try reader.members { (reader, key) throws(JSONReadError) in
            switch key {
            case "dataPoints":
                try reader.elements { (reader) throws(JSONReadError) in metric.points.append(try point(&reader)) }
            case "aggregationTemporality":
                switch try reader.text() {
                case "1", "AGGREGATION_TEMPORALITY_DELTA": metric.temporality = 1
                case "2", "AGGREGATION_TEMPORALITY_CUMULATIVE": metric.temporality = 2
                default: metric.temporality = 0
                }
            case "isMonotonic": metric.isMonotonic = try reader.text() == "true"
            default: try reader.skip()
            }
        }
    }

    private mutating func point(_ reader: inout JSONReader) throws(JSONReadError) -> OTLPMetrics.Point {
        try take(OTLPMetrics.Point.self, &reader)
        var point = OTLPMetrics.Point()
        try reader.members { (reader, key) throws(JSONReadError) in
            switch key {
            case "attributes": point.attributes += try attributes(&reader)
            case "timeUnixNano": point.time = try reader.unsigned()
            case "flags": point.flags = try reader.unsigned()
            case "count": point.count = try reader.unsigned()
            case "asDouble": point.value = try reader.double()
            case "asInt": point.value = try reader.double()
            case "sum": point.sum = try reader.double()
            case "bucketCounts":
                try reader.elements { (reader) throws(JSONReadError) in
                    try take(UInt64.self, &reader)
                    point.bucketCounts.append(try reader.unsigned())
                }
            case "explicitBounds":
                try reader.elements { (reader) throws(JSONReadError) in
                    try take(Double.self, &reader)
                    point.bounds.append(try reader.double())
                }
            case "scale": point.exponential.scale = try reader.signed()
            case "zeroCount": point.exponential.zeroCount = try reader.unsigned()
            case "zeroThreshold": point.exponential.zeroThreshold = try reader.double()
            case "positive": point.exponential.positive = try exponentialSide(&reader)
            case "negative": point.exponential.negative = try exponentialSide(&reader)
            case "exemplars":
                try reader.elements { (reader) throws(JSONReadError) in point.exemplars.append(try exemplar(&reader)) }
            case "quantileValues":
                try reader.elements { (reader) throws(JSONReadError) in point.quantiles.append(try quantile(&reader)) }
            default: try reader.skip()
            }
        }
        return point
    }

    private mutating func exponentialSide(
        _ reader: inout JSONReader
    ) throws(JSONReadError) -> OTLPMetrics.Exponential.Side {
        var side = OTLPMetrics.Exponential.Side()
        try reader.members { (reader, key) throws(JSONReadError) in
            switch key {
            case "offset": side.offset = try reader.signed()
            case "bucketCounts":
                try reader.elements { (reader) throws(JSONReadError) in
                    try take(UInt64.self, &reader)
                    side.counts.append(try reader.unsigned())
                }
            default: try reader.skip()
            }
        }
        return side
    }

    private mutating func quantile(_ reader: inout JSONReader) throws(JSONReadError) -> (Double, Double) {
        try take((Double, Double).self, &reader)
        var pair = (0.0, 0.0)
        try reader.members { (reader, key) throws(JSONReadError) in
            switch key {
            case "quantile": pair.0 = try reader.double()
            case "value": pair.1 = try reader.double()
            default: try reader.skip()
            }
        }
        return pair
    }

    mutating func attributes(_ reader: inout JSONReader) throws(JSONReadError) -> [OTLPAttribute] {
        try pairs(&reader, depth: 0).map { OTLPAttribute(name: $0.0, value: $0.1.text) }
    }

    private mutating func pairs(_ reader: inout JSONReader, depth: Int) throws(JSONReadError) -> [(String, OTLPValue)] {
        var pairs: [(String, OTLPValue)] = []
        try reader.elements { (reader) throws(JSONReadError) in
            try take(OTLPAttribute.self, &reader)
            var pair = ("", OTLPValue.null)
            try reader.members { (reader, key) throws(JSONReadError) in
                switch key {
                case "key": pair.0 = try reader.text()
                case "value": pair.1 = try value(&reader, depth: depth)
                default: try reader.skip()
                }
            }
            pairs.append(pair)
        }
        return pairs
    }

    private mutating func value(_ reader: inout JSONReader, depth: Int) throws(JSONReadError) -> OTLPValue {
        guard depth < OTLPMetrics.maximumDepth else {
            refusal = OTLPValue.tooDeep
            throw reader.failure
        }
        var value = OTLPValue.null
        try reader.members { (reader, key) throws(JSONReadError) in
            switch key {
            case "stringValue", "bytesValue": value = .string(try reader.text())
            case "boolValue": value = .boolean(try reader.text() == "true")
            case "intValue": value = Int64(try reader.text()).map { .integer($0) } ?? .null
            case "doubleValue": value = .double(try reader.double())
            case "arrayValue": value = .list(try list(&reader, depth: depth + 1))
            case "kvlistValue":
                var pairs: [(String, OTLPValue)] = []
                try reader.members { (reader, key) throws(JSONReadError) in
                    guard key == "values" else { return try reader.skip() }
                    pairs += try self.pairs(&reader, depth: depth + 1)
                }
                value = .map(pairs)
            default: try reader.skip()
            }
        }
        return value
    }

    private mutating func list(_ reader: inout JSONReader, depth: Int) throws(JSONReadError) -> [OTLPValue] {
        var values: [OTLPValue] = []
        try reader.members { (reader, key) throws(JSONReadError) in
            guard key == "values" else { return try reader.skip() }
            try reader.elements { (reader) throws(JSONReadError) in
                try take(OTLPAttribute.self, &reader)
                values.append(try value(&reader, depth: depth))
            }
        }
        return values
    }

    mutating func take<Value>(_ type: Value.Type, _ reader: inout JSONReader) throws(JSONReadError) {
        do throws(IngestError) { try metrics.take(type) } catch {
            refusal = error
            throw reader.failure
        }
    }
}

/// Values as protobuf's form of JSON has them: null is what is not there.
extension JSONReader {
    mutating func members(
        _ member: (inout JSONReader, String) throws(JSONReadError) -> Void
    ) throws(JSONReadError) {
        guard peek != UInt8(ascii: "n") else { return try skip() }
        try object { (reader, key) throws(JSONReadError) in try member(&reader, String(decoding: key, as: UTF8.self)) }
    }

    mutating func elements(
        _ element: (inout JSONReader) throws(JSONReadError) -> Void
    ) throws(JSONReadError) {
        guard peek != UInt8(ascii: "n") else { return try skip() }
        try array(element)
    }

    /// A string, a number or a word as text; empty for null.
    mutating func text() throws(JSONReadError) -> String {
        String(decoding: try scalar() ?? [], as: UTF8.self)
    }

    mutating func unsigned() throws(JSONReadError) -> UInt64 {
        let text = try self.text()
        guard let value = text.isEmpty ? 0 : UInt64(text) else { throw failure }
        return value
    }

    mutating func signed() throws(JSONReadError) -> Int {
        let text = try self.text()
        guard let value = text.isEmpty ? 0 : Int(text) else { throw failure }
        return value
    }

    mutating func double() throws(JSONReadError) -> Double {
        let text = try self.text()
        guard let value = text.isEmpty ? 0 : Double(text) else { throw failure }
        return value
    }
}
