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
    let store: LogStore

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
            if active[best].isDone { active.remove(at: best) }
        }
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
        let head = StreamHead.rows(chunks, in: range.lowerBound...(range.upperBound - 1))
        if let edge = backward ? head.rows.last : head.rows.first {
            sources.append((RowCursor.key(edge.timestamp, backward), .head(head)))
        }
        return sources.sorted { $0.key > $1.key }
    }

    private func open(_ source: Source) throws -> RowCursor? {
        let cursor: RowCursor
        switch source {
        case .head(let rows):
            cursor = RowCursor(rows, in: selection.range, backward: backward, ordinal: blocks.count)
        case .block(let block, let ordinal):
            guard let rows = try read(block) else { return nil }
            cursor = RowCursor(rows, in: selection.range, backward: backward, ordinal: ordinal)
        }
        return cursor.isDone ? nil : cursor
    }

    private func read(_ block: StoreState.BlockReference) throws -> RowSet? {
        guard !block.file.damaged.withLock({ $0.contains(block.entry.offset) }) else { return nil }
        do {
            guard let reader = try block.file.reader(block.entry) else { return nil }
            guard try reader.mayContain(selection.requiredLiterals) else { return nil }
            return try reader.rows()
        } catch {
            guard error.code == .corrupt else { throw error }
            store.setAside(block, error)
            return nil
        }
    }
}
