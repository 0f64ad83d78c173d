internal import Synchronization
package import Telemetry

extension MetricStore: MetadataSource, ExemplarSource {
    /// What metrics say about themselves.
    package func metadata(of name: String?, limit: Int) -> [String: MetricMetadata] {
        let known = state.withLock { $0.metadata }
        let names = name.map { [$0] } ?? known.names
        var result: [String: MetricMetadata] = [:]
        for name in names.prefix(max(0, limit)) { result[name] = known[name] }
        return result
    }

    /// Exemplars of the head's time span.
    package func exemplars(
        matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) throws -> [SeriesExemplars] {
        let known = state.withLock { $0.exemplars }
        return known.series.compactMap { series -> SeriesExemplars? in
            let labels = Labels(canonical: series)
            guard selectors.isEmpty || selectors.contains(where: { $0.allMatch(labels) }) else { return nil }
            let found = known.exemplars(of: series).filter { range.contains($0.timestamp) }
            return found.isEmpty ? nil : SeriesExemplars(series: labels, exemplars: found)
        }
        .sorted { $0.series < $1.series }
    }

    static func metadataPath(_ directory: String) -> String { directory + "/metadata" }

    /// Writes the file of metadata where something changed. Called with `maintenance` held, before the log lets go of what it holds.
    func saveMetadata() throws(MetricStoreError) {
        let (version, payload) = state.withLock { ($0.metadata.version, $0.metadata) }
        guard savedMetadata.withLock({ $0 != version }) else { return }
        try SealedFile.write(payload.payload, magic: MetadataStore.magic, to: MetricStore.metadataPath(directory))
        savedMetadata.withLock { $0 = version }
    }

    /// Reads the file of metadata; a damaged one is set aside.
    static func loadMetadata(
        _ directory: String, _ options: Options, isMissed: Bool, _ metrics: SelfMetrics, _ report: @Sendable (String) -> Void
    ) throws(MetricStoreError) -> MetadataStore {
        let path = metadataPath(directory)
        var store = MetadataStore(capacity: options.maximumMetadata)
        do throws(MetricStoreError) {
            guard let payload = try SealedFile.read(path, magic: MetadataStore.magic) else {
                guard isMissed else { return store }
                metrics.add("magewatch_metric_store_missing_total", ["kind": "metadata"])
                report("\(path) is missing: what metrics say about themselves is known again when senders tell it")
                return store
            }
            guard let entries = MetadataStore.read(payload) else {
                throw MetricStoreError(.corrupt, "\(path): its content makes no sense")
            }
            for (name, metadata) in entries { store.set(metadata, of: name) }
        } catch {
            guard error.code == .corrupt else { throw error }
            try setAside(path, error, "senders tell again what was in it", "metadata", metrics, report)
        }
        return store
    }

    func count(_ extras: BatchExtras) {
        metrics.add("magewatch_metric_store_exemplars_total", by: Double(extras.exemplars.count))
        for (reason, count) in extras.refusedExemplars {
            metrics.add("magewatch_metric_store_refused_exemplars_total", ["reason": reason], by: Double(count))
        }
        if extras.refusedMetadata > 0 {
            metrics.add("magewatch_metric_store_refused_metadata_total", by: Double(extras.refusedMetadata))
        }
    }
}

extension MetricStore.State {
    /// Decides what of a batch's exemplars and metadata is taken. Nothing is visible before ``apply(_:)``.
    mutating func prepareExtras(of batch: SampleBatch, now: Milliseconds, _ options: MetricStore.Options) -> BatchExtras {
        var extras = BatchExtras()
        var newest: [[UInt8]: Exemplar] = [:]
        for item in batch.exemplars {
            let exemplar = item.exemplar
            guard case .success(let series) = batch.canonicalLabels(of: batch.series[item.series]), head.knows(series) else {
                extras.refusedExemplars["unknown_series", default: 0] += 1
                continue
            }
            let last = newest[series] ?? exemplars.newest(of: series)
            // Senders repeat an exemplar with every scrape until there is a new one.
            if last == exemplar {
                extras.repeatedExemplars += 1
                continue
            }
            if let reason = MetricStore.refusal(of: exemplar, after: last, now: now, options) {
                extras.refusedExemplars[reason, default: 0] += 1
                continue
            }
            newest[series] = exemplar
            extras.exemplars.append((series, exemplar))
        }
        for (name, told) in batch.metadata {
            guard name.utf8.count <= SampleBatch.maximumLabelBytes else {
                extras.refusedMetadata += 1
                continue
            }
            let told = MetadataStore.cut(told)
            if metadata.isNews(told, of: name) { extras.metadata.append((name, told)) }
        }
        return extras
    }

    /// Makes what is in the log visible.
    mutating func apply(_ extras: BatchExtras) {
        for (series, exemplar) in extras.exemplars { exemplars.add(exemplar, to: series) }
        for (name, told) in extras.metadata { metadata.set(told, of: name) }
    }
}

extension MetricStore {
    fileprivate static func refusal(
        of exemplar: Exemplar, after last: Exemplar?, now: Milliseconds, _ options: Options
    ) -> String? {
        let bytes = exemplar.labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        if bytes > Exemplar.maximumLabelBytes { return "labels_too_long" }
        if exemplar.timestamp < earliestTime { return "invalid_time" }
        if exemplar.timestamp > now.saturatingAdd(options.maximumFuture) { return "too_new" }
        if let last, exemplar.timestamp < last.timestamp { return "out_of_order" }
        return nil
    }
}
