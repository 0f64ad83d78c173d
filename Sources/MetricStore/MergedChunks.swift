internal import Telemetry

/// The chunks of one series from several blocks as one list: full ones as they are, short ones joined, and only where blocks lie over each
/// other all of it made anew.
struct MergedChunks {
    /// By block, oldest write first.
    private var parts: [[SealedChunk]] = []

    mutating func add(_ chunks: [SealedChunk]) {
        if !chunks.isEmpty { parts.append(chunks) }
    }

    /// The chunks in order of time.
    func finish() -> [SealedChunk] {
        let ordered = parts.sorted { $0[0].span.lowerBound < $1[0].span.lowerBound }
        let isDisjoint = zip(ordered, ordered.dropFirst()).allSatisfy { earlier, later in
            earlier[earlier.count - 1].span.upperBound < later[0].span.lowerBound
        }
        guard isDisjoint else {
            var all = SampleColumns()
            for part in parts { for chunk in part { all.merge(chunk.read(chunk.span)) } }
            return SealedChunk.chunks(of: all, blockSpan: .max)
        }
        return MergedChunks.joined(ordered.flatMap { $0 })
    }

    private static func joined(_ chunks: [SealedChunk]) -> [SealedChunk] {
        var result: [SealedChunk] = []
        var short: [SealedChunk] = []
        var count = 0
        func flush() {
            if short.count == 1 { result.append(short[0]) }
            if short.count > 1 {
                var all = SampleColumns()
                for chunk in short { all.merge(chunk.read(chunk.span)) }
                result += SealedChunk.chunks(of: all, blockSpan: .max)
            }
            short = []
            count = 0
        }
        for chunk in chunks {
            if count + chunk.count > SealedChunk.capacity { flush() }
            short.append(chunk)
            count += chunk.count
        }
        flush()
        return result
    }
}
