import Compression
import Glibc
import Telemetry

/// Puts a directory in order at start: loads the directories of block files, then replays what is in no block yet.
struct Recovery {
    var state: StoreState
    var log: WriteAheadLog

    init(directory: String, options: LogStore.Options, key: (UInt64, UInt64), report: (String) -> Void) throws(LogStoreError) {
        state = StoreState(duplicateWindow: options.duplicateWindow)
        log = WriteAheadLog(directory: directory + "/wal")
        try loadWindow(directory + "/duplicates", report)
        try loadBlocks(directory + "/blocks", report)
        var state = self.state
        for case let stream? in state.streams { state.appliedSequence = max(state.appliedSequence, stream.flushedSequence) }
        let damaged = try log.replay(report: report) { sequence, batch in
            let hashes = EntryIdentity(key: key).hashes(of: batch)
            for case let hash? in hashes { _ = state.window.insert(hash) }
            state.apply(sequence, batch)
        }
        state.corruptions += damaged
        self.state = state
    }

    private mutating func loadWindow(_ path: String, _ report: (String) -> Void) throws(LogStoreError) {
        guard Files.exists(path) else { return }
        let bytes = try Files.readAll(path)
        do {
            try state.window.load(bytes)
        } catch {
            report("\(path): \(error)")
            state.corruptions += 1
        }
    }

    private mutating func loadBlocks(_ directory: String, _ report: (String) -> Void) throws(LogStoreError) {
        for name in try Files.list(directory) {
            let path = "\(directory)/\(name)"
            if name.hasSuffix(".tmp") { try Files.remove(path) }
            // Files set aside count, so that their numbers are not given again.
            state.lastFileNumber = max(state.lastFileNumber, UInt64(name.prefix(16), radix: 16) ?? 0)
            guard name.hasSuffix(BlockFile.suffix), let number = UInt64(name.dropLast(BlockFile.suffix.count), radix: 16)
            else { continue }
            do {
                let (file, streams) = try BlockFile.load(path, number: number)
                state.add(file, streams)
            } catch {
                guard error.code == .corrupt else { throw error }
                try Files.rename(path, to: path + ".corrupt")
                report("\(path) was set aside as \(name).corrupt: \(error)")
                state.corruptions += 1
            }
        }
    }

    /// The store's key for hashes of entries, made on first use.
    static func identityKey(in directory: String) throws(LogStoreError) -> (UInt64, UInt64) {
        let path = directory + "/identity"
        if Files.exists(path), let bytes = try? Files.readAll(path), bytes.count == 20 {
            var reader = ByteReader(bytes[...])
            let key = (try reader.fixed64(), try reader.fixed64())
            if try reader.fixed32() == CRC32C.checksum(bytes[..<16]) { return key }
        }
        var generator = SystemRandomNumberGenerator()
        let key = (generator.next(), generator.next())
        var writer = ByteWriter()
        writer.fixed64(key.0)
        writer.fixed64(key.1)
        writer.fixed32(CRC32C.checksum(writer.bytes))
        try Files.replace(path, in: directory, with: writer.bytes)
        return key
    }
}
