import Synchronization

/// Trigram filters of blocks that were searched lately, so that the next search passes over a block without reading anything of it.
final class FilterCache: Sendable {
    /// Bytes of filters kept; when they are reached, all are forgotten, and what is still searched comes back by itself.
    static let maximumBytes = 16 << 20

    private struct Key: Hashable {
        var file: BlockFile.Name
        var offset: Int
    }

    private struct Contents {
        var filters: [Key: TrigramFilter] = [:]
        var bytes = 0
    }

    private let contents = Mutex(Contents())

    /// Whether a filter kept knows that no line of the block contains all the needles.
    func excludes(_ block: StoreState.BlockReference, _ needles: [Needle]) -> Bool {
        let decisive = needles.filter { $0.isWord && !$0.mayStandOutsideTexts }
        guard !decisive.isEmpty else { return false }
        let key = Key(file: block.file.name, offset: block.entry.offset)
        guard let filter = contents.withLock({ $0.filters[key] }) else { return false }
        return !decisive.allSatisfy { filter.mayContain($0.bytes) }
    }

    func insert(_ filter: TrigramFilter, of block: StoreState.BlockReference) {
        contents.withLock { contents in
            if contents.bytes + filter.byteCount > FilterCache.maximumBytes { contents = Contents() }
            let key = Key(file: block.file.name, offset: block.entry.offset)
            if contents.filters.updateValue(filter, forKey: key) == nil { contents.bytes += filter.byteCount }
        }
    }
}
