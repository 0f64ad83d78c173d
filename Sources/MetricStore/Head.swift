private import Glibc
internal import Telemetry

/// The series in memory, their index, and the part of an append that decides what is taken. A value without I/O; the store guards it.
struct Head {
    /// Accepted samples of a batch, by slot.
    struct Entry: Sendable {
        var slot: Int
        var samples: Range<Int>
    }

    /// What became of a batch before it is written.
    struct Prepared: Sendable {
        var entries: [Entry] = []
        var outcome = AppendOutcome()
        /// What came with the samples; most batches have nothing of it.
        var extras: BatchExtras?
    }

    private(set) var series = SeriesTable()
    private(set) var activeCount = 0
    private(set) var sampleCount = 0
    /// No sample that could go into a block is older.
    private(set) var oldest: Milliseconds = .max
    private var free: [Int] = []
    private var slotsByHash: [UInt64: Int32] = [:]
    private var index = HeadIndex()
    private var aliases = SeriesAliases()
    /// Who brought in how many series.
    private(set) var sources = SeriesSources()
    /// The one of the batch that is being prepared.
    private var source: String?
    /// Why the series asked for last was not made.
    private var refusal = Head.tooMany
    /// Series ever made; the number tells them apart where they had one slot.
    private var generations: UInt32 = 0
    private var timelines = TimelineEncoder()
    private let hash = LabelHash()
    private let options: MetricStore.Options

    init(options: MetricStore.Options) {
        self.options = options
    }

    /// Decides sample by sample what of a batch is taken, and writes that to `record`. Nothing is visible before ``apply(_:of:)``.
    mutating func prepare(_ batch: SampleBatch, now: Milliseconds, segment: UInt64, into record: inout WALRecordWriter)
        -> Prepared
    {
        var prepared = Prepared()
        prepared.entries.reserveCapacity(batch.series.count)
        prepared.outcome.refused = batch.refused
        let labelBytes = batch.labelBytes
        let timestamps = batch.timestamps
        let values = batch.values
        let newestAllowed = now.saturatingAdd(options.maximumFuture)
        source = batch.source
        var previous = -1
        for item in batch.series where !item.samples.isEmpty {
            let place =
                item.isWire
                ? slot(ofWire: item, in: batch, after: previous)
                : slot(of: labelBytes[item.labels], after: previous).map { .success($0) } ?? .failure(refusal)
            guard case .success(let slot) = place else {
                if case .failure(let refusal) = place {
                    prepared.outcome.refused[refusal.reason, default: 0] += item.samples.count
                }
                continue
            }
            previous = slot
            var newest = series[slot].newest
            var start = item.samples.lowerBound
            for position in item.samples {
                let time = timestamps[position]
                let refusal: String? =
                    time < MetricStore.earliestTime
                    ? "invalid_time"
                    : time > newestAllowed
                        ? "too_new" : newest != .min && time < newest.saturatingAdd(-options.outOfOrderWindow) ? "too_old" : nil
                if let refusal {
                    prepared.outcome.refused[refusal, default: 0] += 1
                    if start < position { prepared.entries.append(Entry(slot: slot, samples: start..<position)) }
                    start = position + 1
                } else {
                    newest = max(newest, time)
                }
            }
            if start < item.samples.upperBound {
                prepared.entries.append(Entry(slot: slot, samples: start..<item.samples.upperBound))
            }
        }
        index.settle()
        for entry in prepared.entries {
            prepared.outcome.accepted += entry.samples.count
            if !batch.details.isEmpty {
                prepared.outcome.histograms += entry.samples.count { batch.details[$0]?.histogram != nil }
            }
            log(entry, of: batch, timestamps, values, segment: segment, into: &record)
        }
        return prepared
    }

    private mutating func log(
        _ entry: Entry, of batch: borrowing SampleBatch, _ timestamps: [Milliseconds], _ values: [Double], segment: UInt64,
        into record: inout WALRecordWriter
    ) {
        if !series[entry.slot].markLogged(in: segment) {
            // A series that replay brought back belongs to whoever sends it first.
            if series[entry.slot].source < 0 { series[entry.slot].source = sources.add(source) }
            record.define(entry.slot, labels: series[entry.slot].labels)
        }
        record.begin(entry.slot, count: entry.samples.count)
        var bits = series[entry.slot].loggedBits
        for position in entry.samples {
            record.append(values[position].bitPattern, at: timestamps[position], after: bits)
            bits = values[position].bitPattern
        }
        if !batch.details.isEmpty { record.append(batch.details, of: entry.samples) }
        series[entry.slot].loggedBits = bits
    }

    /// Makes prepared samples visible.
    /// - Returns: the earliest time among them.
    mutating func apply(_ prepared: Prepared, of batch: SampleBatch) -> Milliseconds {
        let timestamps = batch.timestamps
        let values = batch.values
        let blockSpan = options.blockSpan
        let details = batch.details
        var earliest = Milliseconds.max
        for entry in prepared.entries {
            for position in entry.samples {
                let time = timestamps[position]
                earliest = min(earliest, time)
                if !details.isEmpty, let detail = details[position] {
                    series[entry.slot].append(values[position], detail, at: time, blockSpan: blockSpan, &timelines)
                } else {
                    series[entry.slot].append(values[position], at: time, blockSpan: blockSpan, &timelines)
                }
            }
        }
        oldest = min(oldest, earliest)
        sampleCount += prepared.entries.reduce(0) { $0 + $1.samples.count }
        return earliest
    }

    /// Takes one sample without questions, as replay does: what stands in the log was accepted once.
    mutating func replay(_ value: Double, _ detail: SampleDetail?, at time: Milliseconds, slot: Int) {
        if let detail {
            series[slot].append(value, detail, at: time, blockSpan: options.blockSpan, &timelines)
        } else {
            series[slot].append(value, at: time, blockSpan: options.blockSpan, &timelines)
        }
        oldest = min(oldest, time)
        sampleCount += 1
    }

    private static let tooMany = LabelRefusal(reason: "too_many_series")
    private static let tooManyOfMetric = LabelRefusal(reason: "too_many_series_of_metric")
    private static let tooManyOfSource = LabelRefusal(reason: "too_many_series_of_source")

    /// The slot of a series whose labels are as they were received: mostly known by those very bytes.
    private mutating func slot(
        ofWire item: SampleBatch.Series, in batch: SampleBatch, after previous: Int
    ) -> Result<Int, LabelRefusal> {
        let alias = hash.alias(batch.wire[item.labels])
        if previous >= 0 {
            let guess = Int(series[previous].successor)
            if guess >= 0, guess < series.count, series[guess].alias == alias { return .success(guess) }
        }
        if let place = aliases.place(of: alias), series[Int(place.slot)].generation == place.generation {
            if previous >= 0 { series[previous].successor = place.slot }
            series[Int(place.slot)].alias = alias
            return .success(Int(place.slot))
        }
        let labels: [UInt8]
        switch batch.canonicalLabels(of: item) {
        case .success(let canonical): labels = canonical
        case .failure(let refusal): return .failure(refusal)
        }
        guard let slot = slot(of: labels[...], after: previous) else { return .failure(refusal) }
        series[slot].alias = alias
        aliases.set(alias, to: .init(slot: Int32(slot), generation: series[slot].generation), seriesCount: activeCount)
        return .success(slot)
    }

    /// The slot of a series, made where it is new; `nil` at a limit, which ``refusal`` then tells. The successor of the last series is tried before hashing.
    mutating func slot(of labels: ArraySlice<UInt8>, after previous: Int = -1, unlimited: Bool = false) -> Int? {
        if previous >= 0 {
            let guess = Int(series[previous].successor)
            if guess >= 0, guess < series.count, series[guess].labels.elementsEqualBytes(labels) { return guess }
        }
        let key = hash(labels)
        var found = slotsByHash[key] ?? -1
        while found >= 0, !series[Int(found)].labels.elementsEqualBytes(labels) { found = series[Int(found)].nextOfHash }
        if found < 0 {
            let decoded = Labels(canonical: labels)
            if !unlimited, let limit = limitReached(by: decoded) {
                refusal = limit
                return nil
            }
            // A copy without spare room: an array out of a slice may be the one that was sliced.
            found = Int32(add(unsafe labels.withUnsafeBufferPointer { unsafe Array($0) }, decoded, key))
        }
        if previous >= 0 { series[previous].successor = found }
        return Int(found)
    }

    /// The limit that keeps a series which is not there yet from being made.
    private func limitReached(by labels: Labels) -> LabelRefusal? {
        if activeCount >= options.maximumSeries { return Head.tooMany }
        if let source, sources.count(of: source) >= options.maximumSeriesPerSource { return Head.tooManyOfSource }
        guard let name = labels.metricName else { return nil }
        return index.count(Labels.metricNameLabel, name) >= options.maximumSeriesPerMetric ? Head.tooManyOfMetric : nil
    }

    /// Whether a series is in memory.
    func knows(_ labels: [UInt8]) -> Bool {
        var found = slotsByHash[hash(labels[...])] ?? -1
        while found >= 0, !series[Int(found)].labels.elementsEqualBytes(labels[...]) { found = series[Int(found)].nextOfHash }
        return found >= 0
    }

    private mutating func add(_ bytes: [UInt8], _ labels: Labels, _ key: UInt64) -> Int {
        generations += 1
        var new = HeadSeries(labels: bytes, generation: generations)
        new.source = sources.add(source)
        new.nextOfHash = slotsByHash[key] ?? -1
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            series[slot] = new
        } else {
            slot = series.count
            series.append(new)
        }
        slotsByHash[key] = Int32(slot)
        activeCount += 1
        index.add(labels, slot: slot)
        return slot
    }

    /// Sets aside what lies before `cutoff`, for the slots of a range.
    mutating func freeze(before cutoff: Milliseconds, slots: Range<Int>) -> Bool {
        var any = false
        for slot in slots.clamped(to: series.indices) where series[slot].freeze(before: cutoff) { any = true }
        return any
    }

    /// Takes away the samples of a range from the series that pass all matchers.
    /// - Returns: how many series may have had any.
    mutating func delete(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) -> Int {
        series(matching: matchers).reduce(0) { count, slot in
            count + (series[Int(slot)].remove(range) ? 1 : 0)
        }
    }

    /// Forgets frozen parts, which a block holds now, and series that have nothing left, for the slots of a range.
    mutating func discardFrozen(slots: Range<Int>) {
        for slot in slots.clamped(to: series.indices) { series[slot].discardFrozen() }
    }

    /// Forgets series that hold nothing, so that they count no more.
    mutating func removeEmptySeries() {
        var dead: Set<UInt32> = []
        for slot in series.indices where series[slot].isEmpty && !series[slot].labels.isEmpty { dead.insert(UInt32(slot)) }
        guard !dead.isEmpty else { return }
        let labels = dead.map { Labels(canonical: series[Int($0)].labels) }
        index.remove(dead, labels: labels)
        for slot in dead {
            unlink(Int(slot))
            sources.remove(series[Int(slot)].source)
            series[Int(slot)] = HeadSeries(labels: [], generation: 0)
            free.append(Int(slot))
        }
        activeCount -= dead.count
    }

    private mutating func unlink(_ slot: Int) {
        let key = hash(series[slot].labels[...])
        let next = series[slot].nextOfHash
        guard let first = slotsByHash[key] else { return }
        if first == slot {
            slotsByHash[key] = next >= 0 ? next : nil
            return
        }
        var current = Int(first)
        while series[current].nextOfHash >= 0, series[current].nextOfHash != slot { current = Int(series[current].nextOfHash) }
        if series[current].nextOfHash == slot { series[current].nextOfHash = next }
    }

    /// Counts anew what samples there are, and from when.
    mutating func recount() {
        oldest = series.lazy.compactMap { $0.span?.lowerBound }.min() ?? .max
        sampleCount = series.reduce(0) { $0 + $1.sampleCount }
    }
}

extension Head: PostingsIndex {
    var everySeries: [UInt32] { series.indices.lazy.filter { !series[$0].labels.isEmpty }.map { UInt32($0) } }
    func postings(_ name: String, _ value: String) -> [UInt32] { index.postings(name, value) }
    func values(of name: String) -> [String] { index.values(of: name) }
    var labelNames: [String] { index.labelNames }
    /// By name and value, the series that have a label.
    var labelIndex: [String: [String: [UInt32]]] { index.slots }
}
