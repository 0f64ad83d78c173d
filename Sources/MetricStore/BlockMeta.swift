internal import Compression
internal import Telemetry

/// What a block says about itself at the end of its index.
struct BlockMeta {
    var window: Range<Milliseconds>
    var marks: [BlockMark] = []
    var replaced: [UInt64] = []
    /// Length of the buckets that its samples were condensed to, 0 where they are as they came.
    var resolution: Milliseconds = 0

    /// - Parameter end: where the index ends.
    init?(_ file: MappedFile, at start: Int, end: Int) {
        var offset = start
        func range() -> Range<Milliseconds>? {
            guard let low = file.varint(at: &offset), let high = file.varint(at: &offset) else { return nil }
            let bounds = (Varint.unzigzag(low), Varint.unzigzag(high))
            return bounds.0 <= bounds.1 ? bounds.0..<bounds.1 : nil
        }
        guard let window = range(), let markCount = file.varint(at: &offset) else { return nil }
        self.window = window
        for _ in 0..<markCount {
            guard let covered = range(), let segment = file.varint(at: &offset) else { return nil }
            marks.append(BlockMark(window: covered, segment: segment))
        }
        guard let replacedCount = file.varint(at: &offset) else { return nil }
        for _ in 0..<replacedCount {
            guard let number = file.varint(at: &offset) else { return nil }
            replaced.append(number)
        }
        guard offset < end else { return }
        guard let length = file.varint(at: &offset), let resolution = Milliseconds(exactly: length), resolution > 0 else {
            return nil
        }
        self.resolution = resolution
    }
}
