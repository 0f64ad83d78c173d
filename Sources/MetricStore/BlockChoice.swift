internal import Telemetry

/// Which blocks answer a reader, where samples are kept as they came and condensed as well.
enum BlockChoice {
    /// Of blocks of several resolutions those that tell of each time once, in the order of their numbers.
    ///
    /// A condensed block answers where it does for the reader and nothing came in later that it does not know; and where there is
    /// nothing finer any more. Then what came in later is laid over it.
    /// - Parameter resolution: the longest buckets that do although there may be finer ones.
    static func blocks(_ blocks: [Block], for resolution: Milliseconds) -> [Block] {
        guard blocks.contains(where: { $0.resolution > 0 }) else { return blocks }
        var rest = blocks
        var chosen: [Block] = []
        for block in blocks.sorted(by: { $0.resolution > $1.resolution }) where block.resolution > 0 {
            guard rest.contains(where: { $0.number == block.number }) else { continue }
            rest.removeAll { $0.number == block.number }
            let finer = rest.filter { $0.resolution < block.resolution && $0.window.overlaps(block.window) }
            let known = finer.filter { $0.number < block.number }
            let isComplete = finer.count == known.count
            guard known.isEmpty || (block.resolution <= resolution && isComplete) else { continue }
            chosen.append(block)
            let covered = Set(known.map(\.number))
            rest.removeAll { covered.contains($0.number) }
        }
        // Numbers tell what was written later; what is condensed was there before anything that is not in it.
        return (chosen + rest).sorted { ($0.window.lowerBound, $0.number) < ($1.window.lowerBound, $1.number) }
    }
}
