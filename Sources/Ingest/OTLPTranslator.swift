import Telemetry

/// Turns OTLP metrics into Prometheus' series: gauges and cumulative sums as they are, histograms and summaries as their classic
/// series, exponential histograms as native ones, the resource as `job`, `instance` and `target_info`. Descriptions and units become
/// metadata, exemplars stay with the series, and with the bucket, that they are examples of.
///
/// Deltas are refused: summing them up needs the state of every sender, and a sum that misses one is wrong without a sign of it.
/// Collectors convert them with their cumulative processor.
struct OTLPTranslator {
    /// What became of a request's points.
    struct Result {
        var batch = SampleBatch()
        var points = 0
        /// Points left out, by reason.
        var refused: [String: Int] = [:]
    }

    private var result = Result()
    private let maximumLabelBytes: Int
    private var identity: [Label] = []
    private var newest: Milliseconds = .min

    /// - Throws: ``IngestError`` where the labels of all series would be too much.
    static func translate(_ metrics: OTLPMetrics, maximumLabelBytes: Int) throws(IngestError) -> Result {
        var translator = OTLPTranslator(maximumLabelBytes: maximumLabelBytes)
        for resource in metrics.resources { try translator.translate(resource) }
        return translator.result
    }

    private init(maximumLabelBytes: Int) {
        self.maximumLabelBytes = maximumLabelBytes
    }

    private mutating func translate(_ resource: OTLPMetrics.Resource) throws(IngestError) {
        func value(_ name: String) -> String? { resource.attributes.first { $0.name == name && !$0.value.isEmpty }?.value }
        let service = value("service.name").map { name in value("service.namespace").map { "\($0)/\(name)" } ?? name }
        identity = [("job", service), ("instance", value("service.instance.id"))].compactMap { name, value in
            value.map { Label(name, $0) }
        }
        newest = .min
        for metric in resource.metrics { try translate(metric) }
        let named: Set<String> = ["service.name", "service.namespace", "service.instance.id"]
        let others = resource.attributes.filter { !named.contains($0.name) }
        guard newest > .min, !others.isEmpty, !identity.isEmpty else { return }
        try append("target_info", others, [], 1, at: newest)
    }

    private mutating func translate(_ metric: OTLPMetrics.Metric) throws(IngestError) {
        result.points += metric.points.count
        if let reason = OTLPTranslator.refusal(of: metric) {
            result.refused[reason, default: 0] += metric.points.count
            return
        }
        guard let shape = metric.shape else { return }
        let name = OTLPNames.metric(metric.name, unit: metric.unit, shape: shape, isMonotonic: metric.isMonotonic)
        result.batch.setMetadata(
            MetricMetadata(kind: shape.kind(isMonotonic: metric.isMonotonic), help: metric.help, unit: metric.unit), of: name)
        for point in metric.points {
            switch shape {
            case .gauge, .sum: try number(point, name)
            case .histogram: try histogram(point, name)
            case .summary: try summary(point, name)
            case .exponentialHistogram: try exponentialHistogram(point, name)
            }
        }
    }

    /// Why no point of a metric can be taken.
    private static func refusal(of metric: OTLPMetrics.Metric) -> String? {
        switch metric.shape {
        case nil: "otlp_unknown_data"
        case .sum?, .histogram?, .exponentialHistogram?:
            metric.temporality == 2 ? nil : metric.temporality == 1 ? "delta_temporality" : "no_temporality"
        case .gauge?, .summary?: nil
        }
    }

    private mutating func number(_ point: OTLPMetrics.Point, _ name: String) throws(IngestError) {
        guard point.isStale || point.value != nil else {
            result.refused["point_without_value", default: 0] += 1
            return
        }
        try append(name, point, point.value ?? 0, exemplars: point.exemplars)
    }

    private mutating func histogram(_ point: OTLPMetrics.Point, _ name: String) throws(IngestError) {
        let isSound =
            point.bucketCounts.isEmpty && point.bounds.isEmpty || point.bucketCounts.count == point.bounds.count + 1
        guard isSound, point.bucketCounts.count <= OTLPMetrics.maximumBuckets else {
            result.refused[isSound ? "too_many_buckets" : "bad_buckets", default: 0] += 1
            return
        }
        if let sum = point.sum { try append(name + "_sum", point, sum) }
        try append(name + "_count", point, Double(point.count))
        var total: UInt64 = 0
        var exemplars = point.exemplars
        for (bound, count) in zip(point.bounds, point.bucketCounts) {
            total = total &+ count
            let inside = exemplars.filter { $0.value <= bound }
            exemplars.removeAll { $0.value <= bound }
            try append(
                name + "_bucket", point, Double(total), Label("le", OTLPValue.number(bound)), exemplars: inside)
        }
        try append(name + "_bucket", point, Double(point.count), Label("le", "+Inf"), exemplars: exemplars)
    }

    private mutating func exponentialHistogram(_ point: OTLPMetrics.Point, _ name: String) throws(IngestError) {
        if point.isStale { return try append(name, point, 0) }
        switch point.nativeHistogram {
        case .success(let histogram): try append(name, point, 0, histogram: histogram, exemplars: point.exemplars)
        case .failure(let refusal): result.refused[refusal.reason, default: 0] += 1
        }
    }

    private mutating func summary(_ point: OTLPMetrics.Point, _ name: String) throws(IngestError) {
        try append(name + "_sum", point, point.sum ?? 0)
        try append(name + "_count", point, Double(point.count))
        for (quantile, value) in point.quantiles {
            try append(name, point, value, Label("quantile", OTLPValue.number(quantile)))
        }
    }

    private mutating func append(
        _ name: String, _ point: OTLPMetrics.Point, _ value: Double, _ extra: Label? = nil,
        histogram: NativeHistogram? = nil, exemplars: [OTLPExemplar] = []
    ) throws(IngestError) {
        let time = Milliseconds(clamping: point.time / 1_000_000)
        newest = max(newest, time)
        try append(
            name, point.attributes, extra.map { [$0] } ?? [], point.isStale ? SampleBatch.staleMarker : value, histogram,
            at: time)
        for exemplar in exemplars { result.batch.appendExemplar(exemplar.exemplar) }
    }

    private mutating func append(
        _ name: String, _ attributes: [OTLPAttribute], _ extra: [Label], _ value: Double,
        _ histogram: NativeHistogram? = nil, at time: Milliseconds
    ) throws(IngestError) {
        var labels: [String: String] = [:]
        for attribute in attributes.sorted(by: { $0.name < $1.name }) where !attribute.name.isEmpty {
            let label = OTLPNames.label(attribute.name)
            // Two names that became one keep both values.
            labels[label] = labels[label].map { "\($0);\(attribute.value)" } ?? attribute.value
        }
        for label in identity + extra { labels[label.name] = label.value }
        labels[Labels.metricNameLabel] = name
        result.batch.beginSeries()
        for (name, value) in labels { result.batch.appendLabel(name: name.utf8, value: value.utf8) }
        result.batch.endSeries()
        if let histogram { result.batch.append(histogram, at: time) } else { result.batch.append(value, at: time) }
        guard result.batch.labelBytes.count <= maximumLabelBytes else {
            throw IngestError(
                .bodyTooLarge, "the labels of all series are more than \(maximumLabelBytes) bytes: export in smaller batches")
        }
    }
}

extension OTLPMetrics.Shape {
    /// The type of the metric that it becomes.
    fileprivate func kind(isMonotonic: Bool) -> MetricMetadata.Kind {
        switch self {
        case .gauge: .gauge
        case .sum: isMonotonic ? .counter : .gauge
        case .histogram, .exponentialHistogram: .histogram
        case .summary: .summary
        }
    }
}
