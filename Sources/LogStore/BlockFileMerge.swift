import Telemetry

/// Writes files of blocks anew as one: small blocks of a stream joined, large ones copied, deleted entries left out.
struct BlockFileMerge {
    /// A block and where it stands.
    typealias Reference = StoreState.BlockReference

    let options: LogStore.Options
    let deletions: [Deletion]
    /// Cuts rows into blocks.
    let split: (RowSet) -> [Range<Int>]
    /// Told of blocks that can't be read. They are left out.
    let setAside: (Reference, LogStoreError) -> Void

    /// Blocks with less text and fewer rows than this are joined with their neighbours.
    private var smallBytes: Int { options.blockBytes / 2 }
    private var smallRows: Int { options.blockLines / 2 }

    /// Writes the blocks of each stream, in the order of arrival.
    func write(_ streams: [(labels: Labels, blocks: [Reference])], to writer: BlockFileWriter) throws(LogStoreError) {
        for stream in streams {
            var joined = RowSet()
            var bytes = 0
            var sequence: UInt64 = 0
            for block in stream.blocks {
                let touching = deletions.filter { $0.touches(block.entry, of: stream.labels, in: block.file.name) }
                let isSmall = block.entry.textBytes < smallBytes && block.entry.rows < smallRows
                if !isSmall || bytes >= options.blockBytes || joined.count >= options.blockLines {
                    try flush(&joined, &bytes, stream.labels, sequence, to: writer)
                }
                guard isSmall || !touching.isEmpty else {
                    try writer.copy(block.entry, of: stream.labels, from: block.file)
                    continue
                }
                guard let rows = try read(block) else { continue }
                joined.append(rows) { time in !touching.contains { $0.range.contains(time) } }
                bytes += block.entry.textBytes
                sequence = max(sequence, block.entry.throughSequence)
            }
            try flush(&joined, &bytes, stream.labels, sequence, to: writer)
        }
    }

    private func read(_ block: Reference) throws(LogStoreError) -> RowSet? {
        do {
            return try block.file.reader(block.entry).rows()
        } catch {
            guard error.code == .corrupt else { throw error }
            setAside(block, error)
            return nil
        }
    }

    private func flush(
        _ rows: inout RowSet, _ bytes: inout Int, _ labels: Labels, _ sequence: UInt64, to writer: BlockFileWriter
    ) throws(LogStoreError) {
        defer {
            rows = RowSet()
            bytes = 0
        }
        guard rows.count > 0 else { return }
        rows.sort()
        for range in split(rows) { try writer.append(rows.packed(range), of: labels, throughSequence: sequence) }
    }
}
