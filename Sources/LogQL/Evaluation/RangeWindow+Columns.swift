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
        if let numbered = maker.numbered, keys.count * 2 > reading.distinctNumbers.count {
            known.fill(reading.distinctNumbers, from: numbered)
        }
        if let edges {
            var tally = GroupTally(keys: keys)
            return try tally.forEach(group, edges) { stretch in
                for key in stretch.keys {
                    _ = try known.sample(Int(key)) { try maker.sample(ofRow: Int(stretch.firstRows[Int(key)])) }
                }
                try add(stretch, known.samples, budget)
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
    /// The samples that are told by a number, where these are.
    let numbered: NumberedSamples?

    /// Whether the number stands in a label.
    private let isTold: Bool

    init(_ window: RangeWindow, _ reading: GroupReading, of stream: Labels, _ plan: ColumnPlan, _ loading: RangeWindow.Loading) {
        self.window = window
        self.reading = reading
        self.stream = stream
        self.loading = loading
        filters = plan.filters
        numbered = reading.numberForm.map { window.fieldSamples.samples(ofForm: $0) }
        let isPlain = window.aggregation.unwrap == nil && filters.stages.isEmpty
        if isPlain, let grouping = window.aggregation.grouping, !grouping.isWithout {
            sources = reading.labelSources(grouping.labels)
        } else {
            sources = nil
        }
        isTold = sources.map { reading.tellsNumber($0) } ?? false
    }

    /// The sample of a row without metadata; nil where a stage drops it.
    func sample(ofRow row: Int) throws(LogQLError) -> Sample? {
        func make() throws(LogQLError) -> Sample? {
            guard let sources else { return try sample(ofRow: row, at: 0, .empty) }
            let labels = reading.labels(sources, ofRow: row)
            // Other numbers make other labels.
            let isNew = isTold && numbered?.seriesMade == window.seriesCount
            let index = try isNew ? window.add(labels, loading.maximumSeries) : window.index(labels, loading.maximumSeries)
            if isNew { numbered?.seriesMade += 1 }
            return Sample(series: index, value: 1)
        }
        if let numbered { return try numbered.sample(for: reading.number(ofRow: row), make) }
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

    /// Those that are none have a negative series.
    private(set) var samples: [Sample]

    init(_ keys: [Int32]) {
        let unknown = Sample(series: KnownSamples.unknown, value: 0)
        samples = [Sample](repeating: unknown, count: Int(keys.max() ?? -1) + 1)
    }

    /// Takes what is known of numbers already, all at once. Keys are their places.
    mutating func fill(_ numbers: [Int64], from numbered: NumberedSamples) {
        for (key, place) in numbered.places(of: numbers).enumerated() where place >= 0 && key < samples.count {
            samples[key] = numbered[place] ?? Sample(series: KnownSamples.nothing, value: 0)
        }
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
