extension ConfigurationDecoder {
    /// Less than this can't even hold the write-ahead log, so that no block would ever be kept.
    private static let leastMetricsDiskBytes: Int64 = 256 << 20

    func metricsDisk(_ reader: YAMLReader) -> Int? {
        guard let bytes = reader.byteCount("metrics-disk") else { return nil }
        if bytes < ConfigurationDecoder.leastMetricsDiskBytes {
            reader.fail("metrics-disk", "must be at least 256MiB, as the write-ahead log needs room beside the blocks")
        }
        return Int(bytes)
    }

    func downsampling(_ reader: YAMLReader, _ retention: inout MagewatchConfiguration.Retention) {
        let usual = (fiveMinutes: Condensed(hoursUntil: 40, daysKept: 90), hours: Condensed(hoursUntil: 240, daysKept: 730))
        retention.fiveMinutes = condensed(reader, "metrics-5m", usual.fiveMinutes, from: retention.metricsSeconds)
        let finer = retention.fiveMinutes?.keepSeconds ?? retention.metricsSeconds
        retention.hours = condensed(reader, "metrics-1h", usual.hours, from: finer)
    }

    private typealias Condensed = MagewatchConfiguration.Condensed

    /// - Parameter kept: seconds for which what is condensed is kept.
    private func condensed(_ reader: YAMLReader, _ key: String, _ usual: Condensed, from kept: Double) -> Condensed? {
        guard let section = reader.mapping(key) else { return nil }
        var result = usual
        set(&result.afterSeconds, positive(section, "after"))
        set(&result.keepSeconds, positive(section, "keep"))
        if result.afterSeconds >= kept {
            // A default must not stand in the way of a short retention.
            if section.has("after") { section.fail("after", "must be less than the time for which finer samples are kept") }
            result.afterSeconds = kept / 2
        }
        if result.keepSeconds <= kept { section.fail("keep", "must be longer than finer samples are kept") }
        section.finish()
        return result
    }

    func metrics(_ reader: YAMLReader, _ metrics: inout MagewatchConfiguration.MetricLimits) {
        let range = 1...100_000_000
        set(&metrics.maximumSeries, reader.integer("maximum-series", in: range))
        set(&metrics.maximumSeriesPerMetric, reader.integer("maximum-series-per-metric", in: range))
        set(&metrics.maximumSeriesPerSource, reader.integer("maximum-series-per-source", in: range))
        set(&metrics.maximumQuerySamples, reader.integer("query-samples", in: 1...1_000_000_000_000))
        set(&metrics.maximumQueryBytes, querySize(reader, "query-bytes"))
        set(&metrics.maximumQueryMemoryBytes, querySize(reader, "query-memory"))
        set(&metrics.maximumQuerySeconds, positive(reader, "query-time"))
        set(&metrics.allowsExperimental, reader.boolean("experimental-functions"))
    }

    /// With less not even a dashboard's usual queries would be answered.
    private static let leastQueryBytes: Int64 = 1 << 20

    private func querySize(_ reader: YAMLReader, _ key: String) -> Int? {
        guard let bytes = reader.byteCount(key) else { return nil }
        if bytes < ConfigurationDecoder.leastQueryBytes { reader.fail(key, "must be at least 1MiB") }
        return Int(bytes)
    }
}

extension MagewatchConfiguration.Condensed {
    fileprivate init(hoursUntil: Double, daysKept: Double) {
        self.init(afterSeconds: hoursUntil * 3600, keepSeconds: daysKept * 86_400)
    }
}
