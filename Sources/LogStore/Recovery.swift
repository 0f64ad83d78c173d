import Compression
import Glibc
import Telemetry

/// Puts a directory in order at start: loads the directories of block files, then replays what is in no block yet.
struct Recovery {
    var state: StoreState
    var log: WriteAheadLog

    init(directory: String, options: LogStore.Options, key: (UInt64, UInt64), report: (String) -> Void) throws(LogStoreError) {
        state = StoreState(options)
        log = WriteAheadLog(directory: directory + "/wal")
        try loadWindow(directory + "/duplicates", report)
        try loadBlocks(directory + "/blocks", report)
        try loadDeletions(directory + "/deletions", report)
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
            try Files.rename(path, to: path + ".corrupt")
            report("\(path) was set aside as duplicates.corrupt: \(error)")
            state.corruptions += 1
        }
    }

    private mutating func loadDeletions(_ path: String, _ report: (String) -> Void) throws(LogStoreError) {
        guard Files.exists(path) else { return }
        do {
            state.deletions = try Deletion.decode(Files.readAll(path))
            for deletion in state.deletions { state.lastFileNumber = max(state.lastFileNumber, deletion.throughFile) }
        } catch {
            guard error.code == .corrupt else { throw error }
            try Files.rename(path, to: path + ".corrupt")
            report("\(path) was set aside as deletions.corrupt: \(error)")
            state.corruptions += 1
        }
    }

    private mutating func loadBlocks(_ directory: String, _ report: (String) -> Void) throws(LogStoreError) {
        var loaded: [(file: BlockFile, streams: [(Labels, [BlockFile.Entry])])] = []
        for text in try Files.list(directory) {
            let path = "\(directory)/\(text)"
            if text.hasSuffix(".tmp") { try Files.remove(path) }
            // Files set aside count, so that their numbers are not given again.
            state.lastFileNumber = max(state.lastFileNumber, UInt64(text.prefix(16), radix: 16) ?? 0)
            guard let name = BlockFile.Name(text) else { continue }
            do {
                loaded.append(try BlockFile.load(path, name: name))
            } catch {
                guard error.code == .corrupt else { throw error }
                try Files.rename(path, to: path + ".corrupt")
                report("\(path) was set aside as \(text).corrupt: \(error)")
                state.corruptions += 1
            }
        }
        // Neither is a number that a file replaces or a deletion means: a new file must not be taken for an old one.
        for name in loaded.flatMap(\.file.replaces) { state.lastFileNumber = max(state.lastFileNumber, name.number) }
        // Where a crash came between a merged file and the removal of those it was made of, both are there.
        let replaced = Set(loaded.flatMap(\.file.replaces))
        for (file, streams) in loaded {
            if replaced.contains(file.name) { try Files.remove(file.path) } else { state.add(file, streams) }
        }
    }

    /// The store's key for hashes of entries, made on first use.
    static func identityKey(in directory: String, report: (String) -> Void) throws(LogStoreError) -> (UInt64, UInt64) {
        let path = directory + "/identity"
        if Files.exists(path) {
            let bytes = try Files.readAll(path)
            if bytes.count == 20 {
                var reader = ByteReader(bytes[...])
                let key = (try reader.fixed64(), try reader.fixed64())
                if try reader.fixed32() == CRC32C.checksum(bytes[..<16]) { return key }
            }
            report("\(path) was damaged and is made anew; entries sent again from before may be stored twice")
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
