internal import Telemetry

/// Encodes times of chunks, and remembers the last: series that are scraped together are full together, with the same times.
struct TimelineEncoder: Sendable {
    private var times: [Milliseconds] = []
    private var bytes: [UInt8] = []

    /// The time column of a chunk, as ``TimeColumn`` writes it.
    mutating func encode(_ times: [Milliseconds]) -> [UInt8] {
        if times != self.times {
            self.times = times
            bytes = TimeColumn.encode(times)
        }
        return bytes
    }
}
