import Telemetry

/// Where the windows of a query lie among the times of a series' samples.
///
/// Series that are scraped together have the same times, so what was found out for one counts for the next, and only a comparison is left.
struct WindowTimeline {
    /// Where the samples of a window lie in it, beside the samples' values; see ``Rates/Edges``.
    struct Edge {
        /// From first to last sample, in seconds.
        var sampled: Double
        /// By how much the first and the last sample are extended, in seconds.
        var toStart: Double
        var toEnd: Double
        /// What a difference is multiplied by where no counter would be extended to before it was zero.
        var factor: Double
    }

    private let bounds: WindowBounds
    private var times: [Milliseconds] = []
    /// By step: the first sample in the window, and the place behind its last.
    private(set) var windows: [Range<Int32>] = []
    private var edges: [Edge] = []

    init(_ bounds: WindowBounds) {
        self.bounds = bounds
    }

    /// Turns to a series with these times.
    mutating func move(to times: [Milliseconds]) {
        guard times != self.times || windows.isEmpty else { return }
        self.times = times
        edges = []
        windows = []
        windows.reserveCapacity(bounds.grid.count)
        var (low, high) = (0, 0)
        for step in 0..<bounds.grid.count {
            let end = bounds.end(step)
            let start = end - bounds.length
            while high < times.count, times[high] <= end { high += 1 }
            while low < high, times[low] <= start { low += 1 }
            windows.append(Int32(low)..<Int32(high))
        }
    }

    /// The edges of all windows; those of windows with fewer than two samples are of no meaning.
    mutating func rateEdges(perSecond: Bool) -> [Edge] {
        if edges.isEmpty { edges = windows.indices.map { edge($0, perSecond) } }
        return edges
    }

    private func edge(_ step: Int, _ perSecond: Bool) -> Edge {
        let window = windows[step]
        guard window.count >= 2 else { return Edge(sampled: 0, toStart: 0, toEnd: 0, factor: 0) }
        let (first, last) = (times[Int(window.lowerBound)], times[Int(window.upperBound) - 1])
        let end = bounds.end(step)
        return Edge(first, last, count: window.count, start: end - bounds.length, end: end, perSecond: perSecond)
    }
}

extension WindowTimeline.Edge {
    init(
        _ firstTime: Milliseconds, _ lastTime: Milliseconds, count: Int, start: Milliseconds, end: Milliseconds, perSecond: Bool
    ) {
        sampled = Double(lastTime - firstTime) / 1000
        let interval = sampled / Double(count - 1)
        toStart = Double(firstTime - start) / 1000
        toEnd = Double(end - lastTime) / 1000
        if toStart >= interval * 1.1 { toStart = interval / 2 }
        if toEnd >= interval * 1.1 { toEnd = interval / 2 }
        factor = (sampled + toStart + toEnd) / sampled
        if perSecond { factor /= Double(end - start) / 1000 }
    }
}
