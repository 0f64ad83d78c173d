internal import Compression
internal import Glibc

/// A small file that is written whole or not at all, and says so when it was damaged.
///
/// ```
/// magic 8 B | payload | CRC-32C of all before u32
/// ```
enum SealedFile {
    /// Largest file that is read; a larger one is damage.
    static let maximumBytes = 64 << 20
    static let magicBytes = 8

    /// Replaces the file; durable when it returns.
    /// - Throws: ``MetricStoreError`` with code `io`; the file is then what it was.
    static func write(_ payload: [UInt8], magic: [UInt8], to path: String) throws(MetricStoreError) {
        var bytes = magic + payload
        bytes.append(littleEndian: CRC32C.checksum(bytes))
        let temporary = path + ".tmp"
        do throws(MetricStoreError) {
            let file = try StoreFile(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(bytes)
            try file.sync()
            try StoreFile.rename(temporary, to: path)
            try StoreFile.syncDirectory(StoreFile.parent(of: path))
        } catch {
            // The next attempt writes over it where this fails too.
            try? StoreFile.remove(temporary)
            throw error
        }
    }

    /// The payload, or `nil` where there is no such file.
    /// - Throws: ``MetricStoreError``, `corrupt` where the bytes are not what was written.
    static func read(_ path: String, magic: [UInt8]) throws(MetricStoreError) -> ArraySlice<UInt8>? {
        guard StoreFile.exists(path) else { return nil }
        let bytes = try StoreFile.readAll(path)
        let end = bytes.count - 4
        guard bytes.count <= maximumBytes, end >= magicBytes, bytes.starts(with: magic),
            CRC32C.checksum(bytes[..<end]) == bytes.littleEndian(at: end, as: UInt32.self)
        else { throw MetricStoreError(.corrupt, "\(path): not a file of this store, cut short, or damaged") }
        return bytes[magicBytes..<end]
    }
}
