/// How far a log file has been shipped and acknowledged.
struct LogPosition: Sendable, Codable, Hashable {
    /// The file itself, whatever its name is by now.
    var device: UInt64
    var inode: UInt64
    /// Bytes acknowledged.
    var offset: Int64
}
