import Telemetry

extension RangeWindow {
    /// Reads times, and the fields that are looked at.
    func load(_ reader: any LogStreamReader, _ plan: ColumnPlan, _ loading: Loading) throws(LogQLError) {
        let stream = reader.labels
        try reader.readGroups(whole: plan.parser == nil) { group in
            guard let reading = try GroupReading(group, of: stream, plan) else {
                return try group.forEachRow { _, row in
                    try loading.budget.charge(line: row.line)
                    try add(row, of: stream, loading)
                    return true
                }
            }
            try loading.budget.chargeCounts(group.count)
            let maker = SampleMaker(self, reading, of: stream, plan, loading)
            if let metadata = group.metadata {
                try load(reading, group, metadata, maker)
            } else {
                try load(reading, group, maker)
            }
        }
    }

    /// Reads rows without metadata. What one entry's texts come to, others with the same texts come to.
    private func load(_ reading: GroupReading, _ group: any LogRowGroup, _ maker: SampleMaker) throws {
        let budget = maker.loading.budget
        let keys = reading.keys(rows: group.count)
        if keys.isEmpty {
            guard let sample = try maker.sample(ofRow: 0) else { return }
            if let edges {
                return try group.forEachStretch(endingAt: edges.edge) { rows, end in
                    try add(sample, rows, atEdge: end, budget)
                }
            }
            let values = reading.numbers?.values ?? Array(repeating: sample.value, count: group.count)
            return try append(sample, group.times, values, budget)
        }
        var known = KnownSamples(keys)
        if let edges {
            var tally = GroupTally(keys: keys)
            return try tally.forEach(group, edges) { count in
                guard let sample = try known.sample(count.key, { try maker.sample(ofRow: count.row) }) else { return }
                try add(sample, count.entries, atEdge: count.time, budget)
            }
        }
        let numbers = reading.numbers?.values
        for (row, time) in group.times.enumerated() {
            guard var sample = try known.sample(Int(keys[row]), { try maker.sample(ofRow: row) }) else { continue }
            if let numbers { sample.value = numbers[row] }
            try append(sample, at: time, budget)
        }
    }

    /// Reads rows of which some have metadata.
    private func load(
        _ reading: GroupReading, _ group: any LogRowGroup, _ metadata: [Labels], _ maker: SampleMaker
    ) throws {
        let numbers = reading.numbers?.values
        for (row, time) in group.times.enumerated() {
            guard var sample = try maker.sample(ofRow: row, at: time, metadata[row]) else { continue }
            if let numbers { sample.value = numbers[row] }
            try append(sample, at: time, maker.loading.budget)
        }
    }
}

/// Makes samples of the rows of a group.
private struct SampleMaker {
    let loading: RangeWindow.Loading
    private let window: RangeWindow
    private let reading: GroupReading
    private let stream: Labels
    private let filters: Pipeline
    /// Where labels come from, if nothing is done to entries.
    private let sources: GroupReading.LabelSources?
    /// The place of samples that are told by a number.
    private let form: Int?

    init(_ window: RangeWindow, _ reading: GroupReading, of stream: Labels, _ plan: ColumnPlan, _ loading: RangeWindow.Loading) {
        self.window = window
        self.reading = reading
        self.stream = stream
        self.loading = loading
        filters = plan.filters
        form = reading.numberForm.map { window.fieldSamples.place(ofForm: $0) }
        let isPlain = window.aggregation.unwrap == nil && filters.stages.isEmpty
        if isPlain, let grouping = window.aggregation.grouping, !grouping.isWithout {
            sources = reading.labelSources(grouping.labels)
        } else {
            sources = nil
        }
    }

    /// The sample of a row without metadata; nil where a stage drops it.
    func sample(ofRow row: Int) throws(LogQLError) -> Sample? {
        func make() throws(LogQLError) -> Sample? {
            guard let sources else { return try sample(ofRow: row, at: 0, .empty) }
            let labels = reading.labels(sources, ofRow: row)
            return Sample(series: try window.index(labels, loading.maximumSeries), value: 1)
        }
        if let form, let number = reading.number(ofRow: row) {
            return try window.fieldSamples.sample(for: number, ofForm: form, make)
        }
        guard let key = reading.key(ofRow: row) else { return try make() }
        return try window.fieldSamples.sample(for: key, make)
    }

    func sample(ofRow row: Int, at time: Nanoseconds, _ metadata: Labels) throws(LogQLError) -> Sample? {
        var labels = EntryLabels(stream: stream, metadata: metadata)
        reading.parse(row, into: &labels)
        var entry = PipelineEntry(timestamp: time, line: [], labels: labels)
        return try window.sample(&entry, filters, loading)
    }
}

/// What the keys of a group came to: most fields have few values, so that most entries need no stage at all.
private struct KnownSamples {
    private static let unknown = -1
    private static let nothing = -2

    private var samples: [Sample]

    init(_ keys: [Int32]) {
        let unknown = Sample(series: KnownSamples.unknown, value: 0)
        samples = [Sample](repeating: unknown, count: Int(keys.max() ?? -1) + 1)
    }

    mutating func sample(_ key: Int, _ make: () throws -> Sample?) throws -> Sample? {
        let known = samples[key]
        if known.series >= 0 { return known }
        if known.series == KnownSamples.nothing { return nil }
        let sample = try make()
        samples[key] = sample ?? Sample(series: KnownSamples.nothing, value: 0)
        return sample
    }
}
