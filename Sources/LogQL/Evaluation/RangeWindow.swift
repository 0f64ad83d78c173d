import Telemetry

/// The samples that a range aggregation looks at, and the window that slides over them as steps go on.
final class RangeWindow {
    private struct Series {
        var labels: Labels
        var timestamps: [Nanoseconds] = []
        var values: [Double] = []
        /// The samples inside the window.
        var window = 0..<0

        mutating func append(_ timestamp: Nanoseconds, _ value: Double) {
            timestamps.append(timestamp)
            values.append(value)
        }

        /// Adds to the last sample if it is one of that time; true where it is not.
        mutating func add(_ timestamp: Nanoseconds, _ value: Double) -> Bool {
            guard timestamps.last == timestamp else {
                append(timestamp, value)
                return true
            }
            values[values.count - 1] += value
            return false
        }

        /// Samples of one series may come from several streams.
        mutating func sort() {
            guard zip(timestamps, timestamps.dropFirst()).contains(where: { $0 > $1 }) else { return }
            let order = timestamps.indices.sorted { (timestamps[$0], $0) < (timestamps[$1], $1) }
            timestamps = order.map { timestamps[$0] }
            values = order.map { values[$0] }
        }

        /// Steps ascend, so both ends only move on.
        mutating func slide(after start: Nanoseconds, upTo end: Nanoseconds) {
            var (lower, upper) = (window.lowerBound, window.upperBound)
            while upper < timestamps.count, timestamps[upper] <= end { upper += 1 }
            while lower < upper, timestamps[lower] <= start { lower += 1 }
            window = lower..<upper
        }
    }

    private let aggregation: RangeAggregation
    private var series: [Series] = []
    private var indexes: [Labels: Int] = [:]
    private var fieldSamples = FieldSamples()
    /// Where windows begin and end; nil where each entry is a sample of its own.
    private var edges: WindowEdges?

    init(_ aggregation: RangeAggregation) {
        self.aggregation = aggregation
    }

    /// Reads what all steps, ascending, need.
    func load(
        _ source: any LogSource, _ budget: QueryBudget, steps: [Nanoseconds], maximumSeries: Int
    ) throws(LogQLError) {
        guard let first = steps.first, let last = steps.last else { return }
        if aggregation.addsUp {
            edges = WindowEdges(ends: steps.map { Clamped.subtract($0, aggregation.offset) }, range: aggregation.range)
        }
        let start = Clamped.add(
            Clamped.subtract(Clamped.subtract(first, aggregation.offset), aggregation.range), 1)
        let end = Clamped.add(Clamped.subtract(last, aggregation.offset), 1)
        guard start < end else { return }
        let pipeline = Pipeline(aggregation.log.stages)
        let selection = LogSelection(
            matchers: aggregation.log.matchers, range: start..<end,
            requiredLiterals: pipeline.requiredLiterals)
        let loading = Loading(
            pipeline: pipeline, after: Pipeline(aggregation.stagesAfterUnwrap), budget: budget,
            maximumSeries: maximumSeries)
        let plan = ColumnPlan(aggregation)
        for reader in try source.readers(selection) {
            if let plan, reader.checksRequiredLiterals || selection.requiredLiterals.isEmpty {
                try load(reader, plan, loading)
            } else {
                try load(reader, loading)
            }
        }
        series.sort { $0.labels < $1.labels }
        for index in series.indices { series[index].sort() }
        indexes = [:]
        fieldSamples = FieldSamples()
    }

    /// What goes along while samples are read.
    private struct Loading {
        var pipeline: Pipeline
        /// Stages behind `unwrap`.
        var after: Pipeline
        var budget: QueryBudget
        var maximumSeries: Int
    }

    /// Reads lines one by one.
    private func load(_ reader: any LogStreamReader, _ loading: Loading) throws(LogQLError) {
        let stream = reader.labels
        let sharesLabels = loading.pipeline.leavesLabels && aggregation.unwrap == nil
        var shared: Int?
        try reader.read(loading.budget) { (row) throws(LogQLError) in
            if sharesLabels, row.metadata.isEmpty {
                guard loading.pipeline.passes(row.line) else { return true }
                if shared == nil { shared = try index(grouped(stream), loading.maximumSeries) }
                guard let shared else { return true }
                try append(
                    Sample(series: shared, value: lineValue(row.line)), at: row.timestamp, loading.budget)
                return true
            }
            try add(row, of: stream, loading)
            return true
        }
    }

    /// Reads times, and the fields that are looked at.
    private func load(_ reader: any LogStreamReader, _ plan: ColumnPlan, _ loading: Loading)
        throws(LogQLError)
    {
        let stream = reader.labels
        try reader.readGroups(whole: plan.parser == nil) { group in
            guard let reading = try GroupReading(group, of: stream, plan) else {
                return try group.forEachRow { _, row in
                    try loading.budget.charge(line: row.line)
                    try add(row, of: stream, loading)
                    return true
                }
            }
            let metadata = group.metadata
            try loading.budget.chargeCounts(group.count)
            let keys = reading.keys(rows: group.count)
            if metadata == nil, let edges, keys?.isEmpty ?? false {
                // All rows look alike.
                guard let sample = try sample(ofRow: 0, reading, of: stream, plan, loading) else { return }
                return try group.forEachStretch(endingAt: edges.edge) { rows, end in
                    try append(sample, rows, at: end, loading.budget)
                }
            }
            let times = group.times
            if metadata == nil, let keys, let edges, var tally = GroupTally(times, keys: keys, edges: edges) {
                try tally.forEach { count in
                    guard let sample = try sample(ofRow: count.row, reading, of: stream, plan, loading) else { return }
                    try append(sample, count.entries, at: count.time, loading.budget)
                }
            } else {
                try load(reading, times, metadata, keys, of: stream, plan, loading)
            }
        }
    }

    /// Reads row by row. What one entry's texts came to, others with the same texts come to.
    private func load(
        _ reading: GroupReading, _ times: [Nanoseconds], _ metadata: [Labels]?, _ keys: [Int]?, of stream: Labels,
        _ plan: ColumnPlan, _ loading: Loading
    ) throws(LogQLError) {
        var known = KnownSamples(keys)
        for (row, time) in times.enumerated() {
            let own = metadata?[row] ?? .empty
            if own.isEmpty, let sample = known.sample(ofRow: row) {
                if var sample {
                    if let numbers = reading.numbers { sample.value = numbers.value(row) }
                    try append(sample, at: time, loading.budget)
                }
                continue
            }
            var labels = EntryLabels(stream: stream, metadata: own)
            reading.parse(row, into: &labels)
            var entry = PipelineEntry(timestamp: time, line: [], labels: labels)
            var sample = try sample(&entry, plan.filters, loading)
            if own.isEmpty { known.note(sample, ofRow: row) }
            if let numbers = reading.numbers { sample?.value = numbers.value(row) }
            if let sample { try append(sample, at: time, loading.budget) }
        }
    }

    /// The sample that a row without metadata makes.
    private func sample(
        ofRow row: Int, _ reading: GroupReading, of stream: Labels, _ plan: ColumnPlan, _ loading: Loading
    ) throws(LogQLError) -> Sample? {
        func make() throws(LogQLError) -> Sample? {
            var labels = EntryLabels(stream: stream, metadata: .empty)
            reading.parse(row, into: &labels)
            var entry = PipelineEntry(timestamp: 0, line: [], labels: labels)
            return try sample(&entry, plan.filters, loading)
        }
        guard let key = reading.key(ofRow: row) else { return try make() }
        return try fieldSamples.sample(for: key, make)
    }

    private func add(_ row: LogRow, of stream: Labels, _ loading: Loading) throws(LogQLError) {
        let labels = EntryLabels(stream: stream, metadata: row.metadata)
        var entry = PipelineEntry(timestamp: row.timestamp, line: row.line, labels: labels)
        guard let sample = try sample(&entry, loading.pipeline, loading) else { return }
        try append(sample, at: row.timestamp, loading.budget)
    }

    private func append(
        _ sample: Sample, _ entries: Int = 1, at time: Nanoseconds, _ budget: QueryBudget
    ) throws(LogQLError) {
        budget.passed(entries)
        let value = sample.value * Double(entries)
        guard let edges else {
            try budget.chargeSample()
            return series[sample.series].append(time, value)
        }
        if series[sample.series].add(edges.edge(at: time), value) { try budget.chargeSample() }
    }

    /// The sample that an entry makes; nil where a stage drops it.
    private func sample(
        _ entry: inout PipelineEntry, _ stages: Pipeline, _ loading: Loading
    ) throws(LogQLError) -> Sample? {
        guard stages.process(&entry) else { return nil }
        var value = 0.0
        if let unwrap = aggregation.unwrap {
            guard let unwrapped = unwrap.value(of: &entry.labels), loading.after.process(&entry) else {
                return nil
            }
            value = unwrapped
        } else {
            value = lineValue(entry.line)
        }
        if let error = entry.labels.error {
            throw LogQLError(
                .execution,
                "a stage failed with \(error.code) on an entry of \(entry.labels.labels()): "
                    + "leave such entries out with | \(EntryLabels.errorName)=\"\"")
        }
        return Sample(
            series: try index(grouped(entry.labels.labels()), loading.maximumSeries), value: value)
    }

    private func lineValue(_ line: ArraySlice<UInt8>) -> Double {
        aggregation.operation == .bytes || aggregation.operation == .bytesRate ? Double(line.count) : 1
    }

    private func index(_ labels: Labels, _ maximum: Int) throws(LogQLError) -> Int {
        if let index = indexes[labels] { return index }
        guard series.count < maximum else {
            throw LogQLError(
                .limit,
                "the query makes more than \(maximum) series: aggregate by fewer labels or narrow its selector"
            )
        }
        indexes[labels] = series.count
        series.append(Series(labels: labels))
        return series.count - 1
    }

    /// The labels that a sample's series has.
    private func grouped(_ labels: Labels) -> Labels {
        guard let grouping = aggregation.grouping else {
            return aggregation.unwrap.map { labels.removing([$0.label]) } ?? labels
        }
        if !grouping.isWithout { return labels.keeping(grouping.labels) }
        return labels.removing(grouping.labels + (aggregation.unwrap.map { [$0.label] } ?? []))
    }

    /// The elements at one step. Steps must be asked for in ascending order.
    func elements(at time: Nanoseconds) -> [Element] {
        let end = Clamped.subtract(time, aggregation.offset)
        let start = Clamped.subtract(end, aggregation.range)
        var elements: [Element] = []
        for index in series.indices {
            series[index].slide(after: start, upTo: end)
            let window = series[index].window
            guard !window.isEmpty else { continue }
            let samples = WindowSamples(
                timestamps: series[index].timestamps[window], values: series[index].values[window],
                start: start, end: end)
            if let value = aggregation.value(of: samples) {
                elements.append(Element(labels: series[index].labels, value: value))
            }
        }
        guard aggregation.operation == .absent else { return elements }
        return elements.isEmpty ? [Element(labels: absentLabels, value: 1)] : []
    }

    /// What the selector says about the labels of what is absent.
    private var absentLabels: Labels {
        let equal = aggregation.log.matchers.filter { $0.operation == .equal }
        return Labels(
            equal.filter { one in aggregation.log.matchers.count(where: { $0.name == one.name }) == 1 }
                .map { Label($0.name, $0.value) })
    }
}
