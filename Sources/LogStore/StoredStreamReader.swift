import Synchronization
import Telemetry

/// Reads one stream as it was when it was selected: blocks and head merged in order of time.
///
/// Entries of one time come in the order of arrival (backward: the reverse). A block is opened when its time comes, so a reader that stops
/// early has not read the rest.
struct StoredStreamReader: LogStreamReader {
    let labels: Labels
    let blocks: [StoreState.BlockReference]
    let chunks: [StreamHead.Chunk]
    let selection: LogSelection
    /// Deletions of the stream whose bytes are still there.
    let hidden: [Deletion]
    let store: LogStore
    private let needles: [Needle]

    init(
        labels: Labels, blocks: [StoreState.BlockReference], chunks: [StreamHead.Chunk], selection: LogSelection,
        hidden: [Deletion], store: LogStore
    ) {
        self.labels = labels
        self.blocks = blocks
        self.chunks = chunks
        self.selection = selection
        self.hidden = hidden
        self.store = store
        needles = selection.requiredLiterals.map { Needle($0) }
    }

    private enum Source {
        case block(StoreState.BlockReference, ordinal: Int)
        case head(RowSet)
    }

    private var backward: Bool { selection.direction == .backward }

    func forEach(_ visit: (LogRow) throws -> Bool) throws {
        var waiting = sources()
        var active: [RowCursor] = []
        while true {
            if active.isEmpty {
                guard let source = waiting.popLast() else { return }
                if let cursor = try open(source.source) { active.append(cursor) }
                continue
            }
            var best = 0
            for index in active.indices.dropFirst() where precedes(active[index], active[best]) { best = index }
            if let source = waiting.last, source.key <= active[best].key {
                waiting.removeLast()
                if let cursor = try open(source.source) { active.append(cursor) }
                continue
            }
            // One source alone is read up to where the next one begins.
            let limit = active.count == 1 ? waiting.last?.key ?? .max : .min
            repeat {
                guard try visit(active[best].take()) else { return }
            } while !active[best].isDone && active[best].key < limit
            guard active[best].isDone else { continue }
            let done = active.remove(at: best)
            if let failure = done.failure {
                guard failure.code == .corrupt else { throw failure }
                store.setAside(blocks[abs(done.ordinal)], failure)
            }
        }
    }

    var checksRequiredLiterals: Bool { true }

    func forEachGroup(_ visit: (any LogRowGroup) throws -> Bool) throws {
        let open = { (reader: BlockReader, block: StoreState.BlockReference) throws(LogStoreError) in
            try BlockGroups(reader, block.entry, selection.range, selected: selected(in: reader, block))
        }
        guard try forEachBlock(open, { groups in try groups.forEach(visit) }) else { return }
        try visitHead(visit)
    }

    func forEachWholeGroup(_ visit: (any LogRowGroup) throws -> Bool) throws {
        let open = { (reader: BlockReader, block: StoreState.BlockReference) throws(LogStoreError) in
            try BlockLineGroup(reader, block.entry, selection.range, selected: selected(in: reader, block))
        }
        guard try forEachBlock(open, { group in try visit(group) }) else { return }
        try visitHead(visit)
    }

    /// Hands what is opened of each block of the range to `visit`; false where that wanted no more.
    private func forEachBlock<Opened>(
        _ open: (BlockReader, StoreState.BlockReference) throws(LogStoreError) -> Opened?, _ visit: (Opened) throws -> Bool
    ) throws -> Bool {
        for block in blocks where block.entry.last >= selection.range.lowerBound && block.entry.first < selection.range.upperBound
        {
            let opened = try read(block) { (reader) throws(LogStoreError) in try open(reader, block) }
            guard let opened else { continue }
            do {
                guard try visit(opened) else { return false }
            } catch let error as LogStoreError where error.code == .corrupt {
                // Some of its entries are counted already, so this question has no answer; the next one does without the block.
                store.setAside(block, error)
                throw error
            }
        }
        return true
    }

    private func visitHead(_ visit: (any LogRowGroup) throws -> Bool) throws {
        let head = headRows()
        if head.count > 0 { _ = try visit(WholeLineGroup((0..<head.count).map { head.row($0) })) }
    }

    private func precedes(_ left: RowCursor, _ right: RowCursor) -> Bool {
        (left.key, left.ordinal) < (right.key, right.ordinal)
    }

    /// What may hold rows of the selection, the one to be opened first at the end.
    private func sources() -> [(key: Nanoseconds, source: Source)] {
        let range = selection.range
        var sources: [(key: Nanoseconds, source: Source)] = []
        guard !range.isEmpty else { return [] }
        for (index, block) in blocks.enumerated()
        where block.entry.last >= range.lowerBound && block.entry.first < range.upperBound {
            let edge = backward ? block.entry.last : block.entry.first
            sources.append((RowCursor.key(edge, backward), .block(block, ordinal: index)))
        }
        let head = headRows()
        if let edge = backward ? head.rows.last : head.rows.first {
            sources.append((RowCursor.key(edge.timestamp, backward), .head(head)))
        }
        return sources.sorted { $0.key > $1.key }
    }

    /// The rows of the head that are wanted.
    private func headRows() -> RowSet {
        guard !selection.range.isEmpty else { return RowSet() }
        var rows = StreamHead.rows(chunks, in: selection.range.lowerBound...(selection.range.upperBound - 1))
        if !needles.isEmpty {
            rows.rows.removeAll { row in
                let line = rows.buffers[Int(row.buffer)][row.start..<row.end]
                return !needles.allSatisfy { $0.isContained(in: line) }
            }
        }
        return rows
    }

    private func open(_ source: Source) throws -> RowCursor? {
        let cursor: RowCursor
        switch source {
        case .head(let rows):
            cursor = RowCursor(rows, in: selection.range, backward: backward, ordinal: blocks.count)
        case .block(let block, let ordinal):
            guard let found = try blockCursor(block, ordinal) else { return nil }
            cursor = found
        }
        return cursor.isDone ? nil : cursor
    }

    private func blockCursor(_ block: StoreState.BlockReference, _ ordinal: Int) throws -> RowCursor? {
        try read(block) { (reader) throws(LogStoreError) in
            let selected = try selected(in: reader, block)
            if selected?.isEmpty ?? false { return nil }
            return try RowCursor(reader, in: selection.range, selected: selected, backward: backward, ordinal: ordinal)
        }
    }

    /// The rows of a block that are wanted, whatever their time; nil for all.
    private func selected(in reader: BlockReader, _ block: StoreState.BlockReference) throws(LogStoreError) -> RowSelection? {
        var selected = try BlockSearch(reader: reader).rows(containing: needles)
        for deletion in hidden where deletion.touches(block.entry, of: labels, in: block.file.name) {
            let times = try reader.times()
            if selected == nil { selected = RowSelection(count: times.count, all: true) }
            for (row, time) in times.enumerated() where deletion.range.contains(time) { selected?.remove(row) }
        }
        return selected
    }

    /// Reads from a block; a damaged one is set aside and gives nothing.
    private func read<Result>(
        _ block: StoreState.BlockReference, _ body: (BlockReader) throws(LogStoreError) -> Result?
    ) throws -> Result? {
        guard !block.isDamaged, !store.filters.excludes(block, needles) else { return nil }
        do {
            let reader = try block.file.reader(block.entry)
            let result = try body(reader)
            if let filter = reader.knownTrigrams { store.filters.insert(filter, of: block) }
            return result
        } catch {
            guard error.code == .corrupt else { throw error }
            store.setAside(block, error)
            return nil
        }
    }
}
