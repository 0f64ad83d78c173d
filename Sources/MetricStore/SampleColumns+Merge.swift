internal import Telemetry

extension SampleColumns {
    /// Takes in samples that were written later: of two at one time theirs stays. Both are ascending.
    mutating func merge(_ later: SampleColumns) {
        guard let theirFirst = later.timestamps.first, let theirLast = later.timestamps.last else { return }
        guard let first = timestamps.first, let last = timestamps.last else { self = later; return }
        if theirFirst > last {
            append(contentsOf: later)
            return
        }
        if theirLast < first {
            var all = later
            all.append(contentsOf: self)
            self = all
            return
        }
        if hasDetails || later.hasDetails {
            self = interleaved(later)
            return
        }
        var merged = SampleColumns()
        merged.timestamps.reserveCapacity(count + later.count)
        merged.values.reserveCapacity(count + later.count)
        var (mine, theirs) = (0, 0)
        while mine < count || theirs < later.count {
            if theirs == later.count || (mine < count && timestamps[mine] < later.timestamps[theirs]) {
                merged.append(timestamps[mine], values[mine])
                mine += 1
            } else {
                if mine < count, timestamps[mine] == later.timestamps[theirs] { mine += 1 }
                merged.append(later.timestamps[theirs], later.values[theirs])
                theirs += 1
            }
        }
        self = merged
    }

    /// The same for samples of which some are more than numbers.
    private func interleaved(_ later: SampleColumns) -> SampleColumns {
        var merged = SampleColumns()
        var (mine, theirs) = (0, 0)
        // Where in its columns the last sample stood, theirs behind all of mine: what follows it there follows it here.
        var last = -1
        var isParted = false
        func take(_ columns: SampleColumns, _ index: Int, offset: Int) {
            merged.append(from: columns, at: index)
            if last != offset + index - 1 { isParted = true }
            last = offset + index
            // The next histogram is the one whose hint speaks of what was there before.
            guard isParted, columns.hasHistograms, columns.histograms[index] != nil else { return }
            merged.forgetReset(from: merged.count - 1)
            isParted = false
        }
        while mine < count || theirs < later.count {
            if theirs == later.count || (mine < count && timestamps[mine] < later.timestamps[theirs]) {
                take(self, mine, offset: 0)
                mine += 1
            } else {
                if mine < count, timestamps[mine] == later.timestamps[theirs] { mine += 1 }
                take(later, theirs, offset: count + 1)
                theirs += 1
            }
        }
        return merged
    }

    /// The samples of a range, both ends included.
    func clipped(to range: ClosedRange<Milliseconds>) -> SampleColumns {
        guard let first = timestamps.first, let last = timestamps.last else { return self }
        if range.contains(first), range.contains(last) { return self }
        let from = timestamps.partition(atLeast: range.lowerBound)
        let to = range.upperBound == .max ? count : timestamps.partition(atLeast: range.upperBound + 1)
        guard from < to else { return SampleColumns() }
        return slice(from..<to)
    }

    /// Takes away the samples of a range, both ends included.
    mutating func remove(_ range: ClosedRange<Milliseconds>) {
        let from = timestamps.partition(atLeast: range.lowerBound)
        let to = range.upperBound == .max ? count : timestamps.partition(atLeast: range.upperBound + 1)
        guard from < to else { return }
        var kept = slice(0..<from)
        kept.merge(slice(to..<count))
        self = kept
    }
}

extension [Milliseconds] {
    /// Index of the first time that is not before `time`, in an ascending list.
    func partition(atLeast time: Milliseconds) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
