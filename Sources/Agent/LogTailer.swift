import CLinux
import Foundation
import Telemetry

/// Follows one log file over appends, rotation (by renaming or by copying and truncating) and restarts of the agent.
///
/// Nothing is kept in memory but the part being shipped: what has not been acknowledged is read again from the file. After a
/// rotation the old file is followed until the writer has begun with the new one.
final class LogTailer {
    /// Most bytes read at once.
    static let maximumChunkBytes = 256 << 10
    /// Looks at a rotated file without news after which it is left, though the new one is still empty.
    static let patience = 40

    /// What happened to the file that an operator may want to count.
    enum Event: String, Sendable { case rotated, truncated, lost, cut }

    /// Some whole lines, and the position once they are acknowledged.
    struct Chunk {
        var bytes: [UInt8]
        var lines: [Range<Int>]
        var end: LogPosition
    }

    let path: String
    private(set) var position: LogPosition?
    private(set) var events: [Event] = []
    private var descriptor: Int32 = -1
    private var idleLooks = 0
    private let lineLimit: Int

    /// - Parameter position: how far an earlier run came; nil begins at the start of the file.
    init(path: String, position: LogPosition?, lineLimit: Int = LogBatch.maximumLineBytes - 16) {
        self.path = path
        self.position = position
        self.lineLimit = min(lineLimit, LogTailer.maximumChunkBytes / 2)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next whole lines after the position; nil where there are none now.
    /// - Throws: ``AgentError`` where the file is there and can't be read.
    func next() throws(AgentError) -> Chunk? {
        if descriptor < 0 { try openWhereLeft() }
        guard descriptor >= 0, var here = position else { return nil }
        // Whether it was rotated is asked before reading: what was written before that is seen by the read.
        let successor = successor(of: here)
        if let size = size(), size < here.offset {
            events.append(.truncated)
            here.offset = 0
            position = here
        }
        let bytes = size() == here.offset ? [] : try read(at: here.offset)
        if bytes.isEmpty, let successor {
            idleLooks += 1
            guard successor.size > 0 || idleLooks >= LogTailer.patience else { return nil }
            events.append(.rotated)
            close(descriptor)
            descriptor = -1
            position = nil
            return try next()
        }
        let writerHasMovedOn = (successor?.size ?? 0) > 0
        let split = LineSplitter(
            bytes, endIsFinal: writerHasMovedOn && bytes.count < LogTailer.maximumChunkBytes, limit: lineLimit)
        guard split.consumed > 0 else { return nil }
        idleLooks = 0
        for _ in 0..<split.cut { events.append(.cut) }
        here.offset += Int64(split.consumed)
        return Chunk(bytes: bytes, lines: split.lines, end: here)
    }

    /// The chunk was taken in for good.
    func acknowledge(_ chunk: Chunk) { position = chunk.end }

    /// Events since the last call.
    func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }

    private func openWhereLeft() throws(AgentError) {
        if let left = position {
            let folder = (path as NSString).deletingLastPathComponent
            let rotated = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map { "\(folder)/\($0)" }
            for candidate in [path] + rotated where LogTailer.identity(candidate)?.inode == left.inode {
                guard LogTailer.identity(candidate)?.device == left.device else { continue }
                descriptor = try open(candidate)
                return
            }
            // The file is gone with what had not been read of it.
            if LogTailer.identity(path) != nil { events.append(.lost) }
        }
        guard LogTailer.identity(path) != nil else { return }
        descriptor = try open(path)
        var file = clinux_file()
        guard unsafe clinux_identify_descriptor(descriptor, &file) == 0 else { return }
        position = LogPosition(device: file.device, inode: file.inode, offset: 0)
    }

    private func open(_ file: String) throws(AgentError) -> Int32 {
        let opened = unsafe Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw AgentError(
                .storage,
                "log \(file) can't be read: \(unsafe String(cString: strerror(errno))). Give the agent the right to read it")
        }
        return opened
    }

    private func read(at offset: Int64) throws(AgentError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: LogTailer.maximumChunkBytes)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        guard count >= 0 else {
            throw AgentError(.storage, "log \(path) can't be read: \(unsafe String(cString: strerror(errno)))")
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    private func size() -> Int64? {
        var file = clinux_file()
        return unsafe clinux_identify_descriptor(descriptor, &file) == 0 ? file.size : nil
    }

    /// The file that stands under the path now, where it is not the one being read.
    private func successor(of here: LogPosition) -> (inode: UInt64, device: UInt64, size: Int64)? {
        guard let now = LogTailer.identity(path), now.inode != here.inode || now.device != here.device else { return nil }
        return now
    }

    private static func identity(_ file: String) -> (inode: UInt64, device: UInt64, size: Int64)? {
        var found = clinux_file()
        guard unsafe clinux_identify_path(file, &found) == 0, found.is_regular != 0 else { return nil }
        return (found.inode, found.device, found.size)
    }
}
