import CLinux
import Glibc

/// A file descriptor and its owner; closed when the last reference goes.
final class OpenFile: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String, flags: Int32, mode: mode_t = 0o640) throws(LogStoreError) {
        self.path = path
        descriptor = unsafe open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw OpenFile.failure("open", path) }
    }

    deinit { close(descriptor) }

    static func failure(_ call: String, _ path: String) -> LogStoreError {
        let number = errno
        let reason = unsafe String(cString: strerror(number))
        let advice = number == ENOSPC ? "; free some space, writing goes on by itself" : ""
        return LogStoreError(.inputOutput, "\(call) \(path): \(reason)\(advice)")
    }

    /// Takes the lock that keeps a second process out of the directory.
    func lock() throws(LogStoreError) {
        guard clinux_lock_exclusive(descriptor) == 0 else {
            throw LogStoreError(.directoryInUse, "\(path) is locked by another process; stop it or use another directory")
        }
    }

    /// Gives the lock back at once. Closing alone would leave it with a child process that was forked and has not yet become another
    /// program.
    func unlock() {
        _ = flock(descriptor, LOCK_UN)
    }

    func size() throws(LogStoreError) -> Int {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw OpenFile.failure("seek", path) }
        return Int(end)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(LogStoreError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw OpenFile.failure("write", path) }
            done += count
        }
    }

    func read(_ count: Int, at offset: Int) throws(LogStoreError) -> [UInt8] {
        var result = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                result = unsafe pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if result < 0 && errno == EINTR { continue }
                guard result > 0 else { break }
                filled += result
            }
        }
        guard result >= 0 else { throw OpenFile.failure("read", path) }
        guard bytes.count == count else {
            throw .corrupt("\(path) ends at \(offset + bytes.count), \(count) bytes wanted at \(offset)")
        }
        return bytes
    }

    func sync() throws(LogStoreError) {
        guard fdatasync(descriptor) == 0 else { throw OpenFile.failure("fdatasync", path) }
    }

    func truncate(to size: Int) throws(LogStoreError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw OpenFile.failure("truncate", path) }
    }
}
