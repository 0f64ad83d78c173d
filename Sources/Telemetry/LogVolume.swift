/// How much a stream has in each of some steps of time, without its lines.
package struct LogVolume: Sendable, Equatable {
    package var labels: Labels
    /// Entries of each step.
    package var entries: [Int]
    /// Bytes of their lines. A source may share a block's bytes out evenly over its entries where only part of it lies in a step.
    package var bytes: [Int]
    /// Blocks, and a head, that have entries in the range.
    package var blocks: Int

    package init(labels: Labels, steps: Int) {
        self.labels = labels
        entries = Array(repeating: 0, count: steps)
        bytes = entries
        blocks = 0
    }

    package var totalEntries: Int { entries.reduce(0, +) }
    package var totalBytes: Int { bytes.reduce(0, +) }

    /// The number of steps that a range has, the last one not whole perhaps. The step is positive.
    package static func steps(of range: Range<Nanoseconds>, step: Nanoseconds) -> Int {
        guard !range.isEmpty else { return 0 }
        let width = range.lowerBound.distance(to: range.upperBound)
        return (width - 1) / Int(step) + 1
    }
}

extension LogSource {
    /// Volumes by reading every line: for sources that know no better.
    package func volumes(
        matching matchers: [LabelMatcher], in range: Range<Nanoseconds>, step: Nanoseconds
    ) throws -> [LogVolume] {
        let steps = LogVolume.steps(of: range, step: step)
        return try select(LogSelection(matchers: matchers, range: range)).compactMap { reader in
            var volume = LogVolume(labels: reader.labels, steps: steps)
            try reader.forEach { row in
                let index = Int((row.timestamp - range.lowerBound) / step)
                volume.entries[index] += 1
                volume.bytes[index] += row.line.count
                return true
            }
            volume.blocks = 1
            return volume.totalEntries > 0 ? volume : nil
        }
    }
}
