internal import Compression
internal import Telemetry

/// What a store knows of its blocks beside themselves: which there are, so that a missing one is noticed, and which deletions are not
/// carried out in them yet.
///
/// ```
/// magic MWCATLG1 | next block | last deletion | blocks | their numbers ... | deletions | (see Deletion) ... | CRC-32C
/// ```
/// It is written after a block is there and before one goes. So a crash in between leaves a block too many, never one too few.
struct Catalogue: Sendable, Equatable {
    static let magic = Array("MWCATLG1".utf8)

    /// The number that the next block gets: one that went must not come back with other samples while a deletion knows it.
    var nextBlock: UInt64 = 1
    /// The number of the last deletion. Those up to it are in ``deletions``, or carried out.
    var lastDeletion: UInt64 = 0
    var blocks: [UInt64] = []
    var deletions: [Deletion] = []

    init() {}

    var payload: [UInt8] {
        var bytes: [UInt8] = []
        Varint.append(nextBlock, to: &bytes)
        Varint.append(lastDeletion, to: &bytes)
        Varint.append(UInt64(blocks.count), to: &bytes)
        for block in blocks { Varint.append(block, to: &bytes) }
        Varint.append(UInt64(deletions.count), to: &bytes)
        for deletion in deletions { deletion.encode(into: &bytes) }
        return bytes
    }

    init?(payload bytes: ArraySlice<UInt8>) {
        var position = bytes.startIndex
        guard let next = Varint.read(bytes, at: &position), let last = Varint.read(bytes, at: &position),
            let count = Varint.read(bytes, at: &position), count <= UInt64(bytes.count)
        else { return nil }
        nextBlock = next
        lastDeletion = last
        for _ in 0..<count {
            guard let number = Varint.read(bytes, at: &position) else { return nil }
            blocks.append(number)
        }
        guard let deletionCount = Varint.read(bytes, at: &position), deletionCount <= UInt64(bytes.count) else { return nil }
        for _ in 0..<deletionCount {
            guard let deletion = Deletion(bytes, at: &position) else { return nil }
            deletions.append(deletion)
        }
        guard position == bytes.endIndex else { return nil }
    }
}
