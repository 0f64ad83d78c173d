import Telemetry

/// The times at which the windows of all steps begin and end. Entries between two neighbouring ones are in the same windows, so where only
/// their number or sum matters they stand for one sample at the later of the two.
struct WindowEdges {
    private let edges: [Nanoseconds]

    /// - Parameter ends: of the windows, ascending.
    init(ends: [Nanoseconds], range: Nanoseconds) {
        let starts = ends.map { Clamped.subtract($0, range) }
        var edges: [Nanoseconds] = []
        edges.reserveCapacity(2 * ends.count)
        var (start, end) = (0, 0)
        while end < ends.count {
            let isStart = start < starts.count && starts[start] < ends[end]
            let next = isStart ? starts[start] : ends[end]
            if isStart { start += 1 } else { end += 1 }
            if edges.last != next { edges.append(next) }
        }
        self.edges = edges
    }

    /// The first edge at or after a time; the time itself behind the last.
    func edge(at time: Nanoseconds) -> Nanoseconds {
        let index = edges.partitioningIndex { $0 >= time }
        return index < edges.count ? edges[index] : time
    }
}

extension Array {
    /// The first index whose element passes, where all that pass stand behind all that don't.
    fileprivate func partitioningIndex(_ passes: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
