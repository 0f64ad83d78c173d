import Synchronization
package import Telemetry

/// How much there is, from the directories of blocks: a block is opened, and only its times are read, where it lies in several steps.
extension LogStore {
    package func volumes(
        matching matchers: [LabelMatcher], in range: Range<Nanoseconds>, step: Nanoseconds
    ) throws -> [LogVolume] {
        var volumes: [LogVolume] = []
        for stream in try selected(matchers, range) {
            var buckets = VolumeBuckets(range, step: step, labels: stream.labels)
            for block in stream.blocks where block.entry.last >= range.lowerBound && block.entry.first < range.upperBound {
                try add(block, to: &buckets)
            }
            buckets.add(stream.head)
            if buckets.volume.totalEntries > 0 { volumes.append(buckets.volume) }
        }
        return volumes
    }

    private func add(_ block: StoreState.BlockReference, to buckets: inout VolumeBuckets) throws {
        let entry = block.entry
        if let index = buckets.index(ofAll: entry.first...entry.last) {
            buckets.add(entries: entry.rows, bytes: entry.textBytes, at: index)
            buckets.volume.blocks += 1
            return
        }
        guard !block.file.damaged.withLock({ $0.contains(entry.offset) }) else { return }
        do {
            let reader: BlockReader? = try block.file.reader(entry)
            guard let reader else { return }
            buckets.add(try reader.times(), bytesEach: Double(entry.textBytes) / Double(max(1, entry.rows)))
        } catch {
            guard error.code == .corrupt else { throw error }
            setAside(block, error)
        }
    }
}

/// The volume of a stream while it is counted.
private struct VolumeBuckets {
    private let range: Range<Nanoseconds>
    private let step: Nanoseconds
    var volume: LogVolume

    init(_ range: Range<Nanoseconds>, step: Nanoseconds, labels: Labels) {
        self.range = range
        self.step = step
        volume = LogVolume(labels: labels, steps: LogVolume.steps(of: range, step: step))
    }

    private func index(of time: Nanoseconds) -> Int { Int((time - range.lowerBound) / step) }

    /// The step that all of some times lie in; nil where they lie in several, or not all in the range.
    func index(ofAll times: ClosedRange<Nanoseconds>) -> Int? {
        guard range.contains(times.lowerBound), range.contains(times.upperBound) else { return nil }
        let first = index(of: times.lowerBound)
        return first == index(of: times.upperBound) ? first : nil
    }

    mutating func add(entries: Int, bytes: Int, at index: Int) {
        volume.entries[index] += entries
        volume.bytes[index] += bytes
    }

    /// Adds the entries of a block that lie in the range; each counts as long as the average.
    mutating func add(_ times: [Nanoseconds], bytesEach: Double) {
        var counts: [Int: Int] = [:]
        for time in times where range.contains(time) { counts[index(of: time), default: 0] += 1 }
        for (index, count) in counts { add(entries: count, bytes: Int((Double(count) * bytesEach).rounded()), at: index) }
        if !counts.isEmpty { volume.blocks += 1 }
    }

    mutating func add(_ head: StreamHead) {
        var found = false
        for chunk in head.chunks {
            var start = 0
            for (time, end) in zip(chunk.timestamps, chunk.ends) {
                if range.contains(time) {
                    add(entries: 1, bytes: end - start, at: index(of: time))
                    found = true
                }
                start = end
            }
        }
        if found { volume.blocks += 1 }
    }
}
