internal import Synchronization
internal import Telemetry

extension MetricStore.Options {
    /// All resolutions that are kept, samples as they came first.
    var levels: [MetricStore.Downsampling] {
        let raw = MetricStore.Downsampling(resolution: 0, after: 0, retention: retention)
        let known = downsampling.filter { SampleReading.resolutions.contains($0.resolution) }
        return [raw] + known.sorted { $0.resolution < $1.resolution }
    }
}

/// Old samples are condensed beside themselves, so that long ranges are cheap, and then instead of themselves, so that they are kept long.
///
/// One condensed block is made of one unit of time: a day of samples, or eight days of samples that are condensed already, or less where
/// that would be too much for one call. It is made like a merged one, under a name that nobody looks for until it is on disk, and
/// names the one before it that it takes the place of. It knows all blocks of its time with lower numbers; one with a higher number
/// came in later, and has it made again.
extension MetricStore {
    /// Days of condensed samples that are condensed further into one block.
    private static let daysOfCondensed: Milliseconds = 8

    /// How much of a level goes into one block of the next.
    static func condensedUnit(of level: Int, _ options: Options) -> Milliseconds {
        options.blockSpan * spansOfDay * (level == 0 ? 1 : daysOfCondensed)
    }

    /// Whether a coarser block holds what a block does, or is left in spite of it and can't be made again.
    static func isCondensed(_ block: Block, among blocks: [Block]) -> Bool {
        blocks.contains { coarser in
            guard coarser.resolution > block.resolution, coarser.window.lowerBound <= block.window.lowerBound,
                coarser.window.upperBound >= block.window.upperBound
            else { return false }
            return coarser.number > block.number || isOrphaned(coarser, among: blocks)
        }
    }

    /// Whether nothing is left of what a condensed block was made of.
    private static func isOrphaned(_ block: Block, among blocks: [Block]) -> Bool {
        !blocks.contains {
            $0.resolution < block.resolution && $0.number < block.number && $0.window.overlaps(block.window)
        }
    }

    /// What one condensed block is made of, and what it takes the place of.
    private struct Unit {
        var source: [Block]
        var window: Range<Milliseconds>
        var resolution: Milliseconds
        var replaced: [Block]
    }

    /// Makes one condensed block, if one is due.
    func downsample(before cutoff: Milliseconds, now: Milliseconds) throws(MetricStoreError) {
        let levels = options.levels
        let blocks = state.withLock { $0.blocks }
        for level in levels.indices.dropFirst() {
            guard let unit = dueUnit(level, levels, blocks, before: min(cutoff, now.saturatingAdd(-levels[level].after)), now)
            else { continue }
            return try condense(unit)
        }
    }

    private func dueUnit(
        _ level: Int, _ levels: [Downsampling], _ blocks: [Block], before end: Milliseconds, _ now: Milliseconds
    ) -> Unit? {
        let (finer, target) = (levels[level - 1], levels[level])
        let length = MetricStore.condensedUnit(of: level - 1, options)
        let oldest = target.retention.map { now.saturatingAdd(-$0) } ?? .min
        let groups = Dictionary(grouping: blocks.filter { $0.resolution == finer.resolution }) {
            MetricStore.floor($0.window.lowerBound, length)
        }
        for (start, group) in groups.sorted(by: { $0.key < $1.key }) {
            let stop = start.saturatingAdd(length)
            guard stop <= end, stop > oldest else { continue }
            let isLarge = group.reduce(0) { $0 + $1.byteCount } > options.maximumMergeBytes
            // Blocks that will be merged would make it be done again.
            if level == 1, group.count > 1, !isLarge { continue }
            let part = isLarge ? (level == 1 ? options.blockSpan : options.blockSpan * MetricStore.spansOfDay) : length
            guard part % target.resolution == 0 else { continue }
            for (start, source) in Dictionary(grouping: group, by: { MetricStore.floor($0.window.lowerBound, part) })
                .sorted(by: { $0.key < $1.key })
            {
                let window = start..<start.saturatingAdd(part)
                let existing = blocks.filter { $0.resolution == target.resolution && $0.window.overlaps(window) }
                guard source.contains(where: { !MetricStore.isCondensed($0, among: existing + group) }),
                    existing.allSatisfy({ !MetricStore.isOrphaned($0, among: blocks) })
                else { continue }
                return Unit(source: source, window: window, resolution: target.resolution, replaced: existing)
            }
        }
        return nil
    }

    private func condense(_ unit: Unit) throws(MetricStoreError) {
        var places: [SeriesIdentity: [(Block, UInt32)]] = [:]
        for block in unit.source.sorted(by: { $0.number < $1.number }) {
            let all = block.everySeries
            for (series, identity) in zip(all, block.identities(all)) { places[identity, default: []].append((block, series)) }
        }
        var builder = BlockBuilder()
        for (identity, parts) in places.sorted(by: { $0.key.labels < $1.key.labels }) {
            guard let chunks = condensed(parts, to: unit.resolution) else { return }
            builder.add(identity.labels, chunks)
        }
        guard !builder.isEmpty else { return try retire(unit.source) }
        let bytes = builder.finish(
            window: unit.window, marks: [], replacing: unit.replaced.map(\.number), resolution: unit.resolution)
        let new = try write(bytes, number: takeBlockNumber())
        let numbers = Set(unit.replaced.map(\.number))
        state.withLock { state in
            state.blocks.removeAll { numbers.contains($0.number) }
            state.blocks.append(new)
            // What is known of this time was computed from finer samples.
            state.past.noteLoss()
        }
        metrics.add("magewatch_metric_store_downsampled_blocks_total", ["resolution": "\(unit.resolution / 60_000)m"])
        try saveCatalogue()
        for block in unit.replaced { try StoreFile.remove(block.path) }
    }

    /// What becomes of one series; `nil` where a block turned out to be damaged, which is set aside then.
    private func condensed(_ parts: [(Block, UInt32)], to resolution: Milliseconds) -> [SealedChunk]? {
        var downsampler = Downsampler(resolution: resolution)
        var samples = SampleColumns()
        var chunks: [SealedChunk] = []
        for (block, series) in parts {
            do throws(MetricStoreError) {
                for chunk in try block.chunks(series) {
                    if chunk.aggregates == nil { samples.merge(chunk.read(chunk.span)) } else { chunks.append(chunk) }
                }
            } catch {
                setAside(block, error)
                return nil
            }
        }
        // Blocks of condensed samples don't lie over each other; of a series that got histograms, samples follow aggregates or precede them.
        for chunk in chunks.sorted(by: { $0.span.lowerBound < $1.span.lowerBound }) {
            samples.moveSamples(before: chunk.span.lowerBound, into: &downsampler)
            for aggregate in chunk.aggregates ?? [] { downsampler.add(aggregate) }
        }
        downsampler.add(samples)
        return downsampler.finish()
    }
}

extension SampleColumns {
    /// Hands on what is earlier than a time.
    fileprivate mutating func moveSamples(before time: Milliseconds, into downsampler: inout Downsampler) {
        let end = timestamps.partition(atLeast: time)
        guard end > 0 else { return }
        downsampler.add(slice(0..<end))
        self = slice(end..<count)
    }
}
