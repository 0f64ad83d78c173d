import Compression
import Glibc

/// Remembers the last entries that carried a retry identity, so that one sent again is stored once.
///
/// Two generations: when the younger one is full, the older one is forgotten. So at least half of the capacity, and at most all of it,
/// is remembered. An entry is remembered as a 64-bit keyed hash.
struct DuplicateWindow: Sendable {
    private static let magic: UInt32 = 0x3155_444d
    let capacity: Int
    private var older: Set<UInt64> = []
    private var younger: Set<UInt64> = []

    init(capacity: Int) {
        self.capacity = max(2, capacity)
    }

    var count: Int { older.count + younger.count }

    func contains(_ hash: UInt64) -> Bool { younger.contains(hash) || older.contains(hash) }

    /// Remembers a hash; false where it was known.
    mutating func insert(_ hash: UInt64) -> Bool {
        guard !contains(hash) else { return false }
        if younger.count >= capacity / 2 {
            older = younger
            younger = []
        }
        younger.insert(hash)
        return true
    }

    mutating func remove(_ hash: UInt64) {
        younger.remove(hash)
        older.remove(hash)
    }

    /// The window as it is kept in a file: magic, checksum, then both generations, the older one first.
    var encoded: [UInt8] {
        var body = ByteWriter()
        for generation in [older, younger] {
            body.count(generation.count)
            for hash in generation { body.fixed64(hash) }
        }
        var writer = ByteWriter()
        writer.fixed32(DuplicateWindow.magic)
        writer.fixed32(CRC32C.checksum(body.bytes))
        return writer.bytes + body.bytes
    }

    mutating func load(_ bytes: [UInt8]) throws(LogStoreError) {
        var reader = ByteReader(bytes[...])
        guard try reader.fixed32() == DuplicateWindow.magic, try reader.fixed32() == CRC32C.checksum(bytes[8...]) else {
            throw .corrupt("the file of known entries fails its checksum; entries sent again may be stored twice")
        }
        for _ in 0..<2 {
            for _ in 0..<(try reader.count(limit: reader.remaining / 8)) { _ = insert(try reader.fixed64()) }
        }
    }
}
