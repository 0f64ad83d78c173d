package import Foundation

/// Small files that are either whole and on the disk, or as they were before.
package enum DurableFile {
    /// Writes to a neighbour, syncs it, and puts it in the file's place.
    /// - Throws: ``DriverError`` that names the file.
    package static func write(_ bytes: Data, to path: String) throws(DriverError) {
        let temporary = path + ".new"
        do {
            let directory = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw CocoaError(.fileWriteUnknown) }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: temporary))
            defer { try? handle.close() }
            try handle.write(contentsOf: bytes)
            try handle.synchronize()
        } catch {
            throw DriverError(.storage, "\(path) can't be written: \(error.localizedDescription). Check space and rights there")
        }
        guard unsafe rename(temporary, path) == 0 else {
            throw DriverError(.storage, "\(path) can't be replaced (errno \(errno)). Check space and rights there")
        }
    }

    /// Writes a value as JSON.
    package static func write(_ value: some Encodable, asJSONTo path: String) throws(DriverError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let bytes: Data
        do { bytes = try encoder.encode(value) } catch {
            throw DriverError(.storage, "what belongs in \(path) can't be encoded: \(error)")
        }
        try write(bytes, to: path)
    }

    /// Reads a value; nil where there is no file.
    /// - Throws: ``DriverError`` where the file is there and can't be read or understood.
    package static func read<Value: Decodable>(_ type: Value.Type, fromJSON path: String) throws(DriverError) -> Value? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw DriverError(.storage, "\(path) can't be read: \(error). Move it away to begin anew")
        }
    }
}
