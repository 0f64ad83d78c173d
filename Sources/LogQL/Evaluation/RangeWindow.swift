import Telemetry

/// The samples that a range aggregation looks at, and the window that slides over them as steps go on.
final class RangeWindow {
    let aggregation: RangeAggregation
    /// Whether elements come in the order of their labels.
    let isOrdered: Bool
    private var series: [SampleSeries] = []
    /// By series, where samples are added up.
    private var growing: [GrowingSample] = []
    private var indexes: [Labels: Int] = [:]
    /// How many series have their place there.
    private var indexed = 0
    private static let scannedSeries = 256
    private var scansLeft = 32
    var fieldSamples = FieldSamples()
    /// Where windows begin and end; nil where each entry is a sample of its own.
    private(set) var edges: WindowEdges?

    init(_ aggregation: RangeAggregation, isOrdered: Bool = true) {
        self.aggregation = aggregation
        self.isOrdered = isOrdered
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
        for index in series.indices {
            growing[index].finish(&series[index])
            series[index].finish()
        }
        growing = []
        if isOrdered { series.sort { $0.labels < $1.labels } }
        indexes = [:]
        fieldSamples = FieldSamples()
    }

    /// What goes along while samples are read.
    struct Loading {
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
                try append(Sample(series: shared, value: lineValue(row.line)), at: row.timestamp, loading.budget)
                return true
            }
            try add(row, of: stream, loading)
            return true
        }
    }

    func add(_ row: LogRow, of stream: Labels, _ loading: Loading) throws(LogQLError) {
        let labels = EntryLabels(stream: stream, metadata: row.metadata)
        var entry = PipelineEntry(timestamp: row.timestamp, line: row.line, labels: labels)
        guard let sample = try sample(&entry, loading.pipeline, loading) else { return }
        try append(sample, at: row.timestamp, loading.budget)
    }

    func append(_ sample: Sample, at time: Nanoseconds, _ budget: QueryBudget) throws(LogQLError) {
        if let edges { return try add(sample, 1, atEdge: edges.edge(at: time), budget) }
        budget.passed()
        try budget.chargeSamples(1)
        series[sample.series].append(time, sample.value)
    }

    /// Adds samples of one series that are equal but for their values.
    func append(
        _ sample: Sample, _ times: [Nanoseconds], _ values: [Double], _ budget: QueryBudget
    ) throws(LogQLError) {
        budget.passed(times.count)
        try budget.chargeSamples(times.count)
        series[sample.series].append(times, values)
    }

    /// Counts entries that are in the same windows as one at the edge.
    func add(_ sample: Sample, _ entries: Int, atEdge edge: Nanoseconds, _ budget: QueryBudget) throws(LogQLError) {
        budget.passed(entries)
        let value = sample.value * Double(entries)
        if growing[sample.series].add(edge, value, to: &series[sample.series]) { try budget.chargeSamples(1) }
    }

    /// Counts the entries of a stretch.
    /// - Parameter samples: by key; negative series for those that make none.
    func add(_ stretch: GroupTally.Stretch, _ samples: [Sample], _ budget: QueryBudget) throws(LogQLError) {
        var growing: [GrowingSample] = []
        // Taken out meanwhile: each access to a class's own variable is checked.
        swap(&growing, &self.growing)
        defer { swap(&growing, &self.growing) }
        var (entries, new) = (0, 0)
        for key in stretch.keys {
            let sample = samples[Int(key)]
            guard sample.series >= 0 else { continue }
            let count = Int(stretch.counts[Int(key)])
            entries += count
            let isNew = growing[sample.series].add(
                stretch.end, sample.value * Double(count), to: &series[sample.series])
            new += isNew ? 1 : 0
        }
        budget.passed(entries)
        try budget.chargeSamples(new)
    }

    /// The sample that an entry makes; nil where a stage drops it.
    func sample(
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

    /// The place of a series, which is made where it is new.
    func index(_ labels: Labels, _ maximum: Int) throws(LogQLError) -> Int {
        if let index = indexes[labels] { return index }
        if series.count - indexed > RangeWindow.scannedSeries, scansLeft > 0 {
            // Looking through many is cheaper than a table of them, as long as that is seldom.
            scansLeft -= 1
            if let index = series[indexed...].firstIndex(where: { $0.labels == labels }) { return index }
            return try add(labels, maximum)
        }
        while indexed < series.count {
            indexes[series[indexed].labels] = indexed
            indexed += 1
        }
        if let index = indexes[labels] { return index }
        return try add(labels, maximum)
    }

    /// Makes a series that is known to be new.
    func add(_ labels: Labels, _ maximum: Int) throws(LogQLError) -> Int {
        guard series.count < maximum else {
            throw LogQLError(
                .limit,
                "the query makes more than \(maximum) series: aggregate by fewer labels or narrow its selector"
            )
        }
        series.append(SampleSeries(labels: labels))
        growing.append(GrowingSample())
        return series.count - 1
    }

    var seriesCount: Int { series.count }

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
            guard let samples = series[index].samples(after: start, upTo: end) else { continue }
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
