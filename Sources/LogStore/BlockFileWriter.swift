import Compression
import Glibc
import Telemetry

/// Writes a file of blocks, one block after the other, so that only one is in memory. Before ``finish()`` there is no file of that name.
final class BlockFileWriter {
    let name: BlockFile.Name
    private let replaces: [BlockFile.Name]
    private let directory: String
    private let path: String
    private let temporary: String
    private let file: OpenFile
    private var size = 0
    private var streams: [(labels: Labels, blocks: [BlockFile.Entry])] = []
    private var isFinished = false

    /// - Parameters:
    ///   - directory: that of all files of blocks.
    ///   - replaces: files that are to be removed once this one is whole.
    init(_ name: BlockFile.Name, in directory: String, replacing replaces: [BlockFile.Name] = []) throws(LogStoreError) {
        self.name = name
        self.replaces = replaces
        self.directory = directory
        path = "\(directory)/\(name.text)"
        temporary = path + ".tmp"
        file = try OpenFile(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try append(BlockFile.magic)
    }

    deinit {
        // What is left of a file that failed would take room on a full disk; the error that matters was thrown.
        if !isFinished { try? Files.remove(temporary) }
    }

    private func append(_ bytes: [UInt8]) throws(LogStoreError) {
        try file.write(bytes, at: size)
        size += bytes.count
    }

    /// Adds a block as it stands in another file.
    func copy(_ entry: BlockFile.Entry, of labels: Labels, from file: BlockFile) throws(LogStoreError) {
        try append(
            file.rawBlock(entry), of: labels, rows: entry.rows, textBytes: entry.textBytes, first: entry.first, last: entry.last,
            throughSequence: entry.throughSequence)
    }

    /// Encodes rows and adds them as a block.
    func append(_ rows: RowSet, of labels: Labels, throughSequence: UInt64) throws(LogStoreError) {
        try append(
            BlockEncoder.encode(rows), of: labels, rows: rows.count, textBytes: rows.buffers[0].count,
            first: rows.rows[0].timestamp, last: rows.rows[rows.count - 1].timestamp, throughSequence: throughSequence)
    }

    /// Adds a block. Those of one stream must follow each other, in the order in which their entries arrived.
    func append(
        _ block: [UInt8], of labels: Labels, rows: Int, textBytes: Int, first: Nanoseconds, last: Nanoseconds,
        throughSequence: UInt64
    ) throws(LogStoreError) {
        if streams.last?.labels != labels { streams.append((labels, [])) }
        streams[streams.count - 1].blocks.append(
            BlockFile.Entry(
                offset: size, length: block.count, rows: rows, textBytes: textBytes, first: first, last: last,
                throughSequence: throughSequence))
        try append(block)
    }

    /// Writes the directory, and gives the file its name once all is on disk.
    /// - Returns: the file, and what is in it.
    func finish() throws(LogStoreError) -> (BlockFile, [(Labels, [BlockFile.Entry])]) {
        var writer = ByteWriter()
        writer.count(replaces.count)
        for name in replaces {
            writer.varint(name.number)
            writer.varint(name.generation)
        }
        writer.count(streams.count)
        for stream in streams {
            writer.string(stream.labels.canonicalBytes)
            writer.count(stream.blocks.count)
            for entry in stream.blocks {
                writer.count(entry.offset)
                writer.count(entry.length)
                writer.count(entry.rows)
                writer.count(entry.textBytes)
                writer.zigzag(entry.first)
                writer.zigzag(entry.last)
                writer.varint(entry.throughSequence)
            }
        }
        var footer = ByteWriter()
        footer.fixed64(UInt64(size))
        footer.fixed32(UInt32(writer.bytes.count))
        footer.fixed32(CRC32C.checksum(writer.bytes))
        try append(writer.bytes + footer.bytes + BlockFile.magic)
        try file.sync()
        try Files.rename(temporary, to: path)
        isFinished = true
        try Files.syncDirectory(directory)
        return try BlockFile.load(path, name: name)
    }
}
