/// Lines of access logs that no parser takes: a log whose form has changed makes no attack visible.
///
/// A stream is an access log's once one of its lines was an access line. Counts are by program; beyond ``maximumPrograms`` they are
/// those of `other`.
package struct UnparsedLines: Sendable {
    /// Programs counted by themselves.
    package static let maximumPrograms = 64
    /// Streams known as access logs.
    package static let maximumStreams = 10_000
    /// Lines kept to be shown.
    package static let maximumKept = 100
    /// Bytes kept of a line.
    package static let maximumKeptBytes = 512

    /// A line that did not parse.
    package struct Line: Sendable {
        /// The program that wrote it, empty where it is not known.
        package let app: String
        /// Its beginning.
        package let text: String
    }

    /// Lines of access logs by program.
    package private(set) var counts: [String: (parsed: Int, unparsed: Int)] = [:]
    /// The latest that did not parse, in order.
    package private(set) var latest: [Line] = []
    /// Hashes of the labels of access logs' streams.
    private var streams: Set<Int> = []

    /// Takes a line.
    /// - Parameters:
    ///   - stream: the hash of its stream's labels.
    ///   - isAccess: whether it is an access line, or of another kind; nil where no parser took it.
    mutating func take(_ line: ArraySlice<UInt8>, app: @autoclosure () -> String, stream: Int, isAccess: Bool?) {
        guard isAccess == true || isAccess == nil && streams.contains(stream) else { return }
        let app = app()
        let key = counts[app] != nil || counts.count < UnparsedLines.maximumPrograms ? app : "other"
        if isAccess == true {
            counts[key, default: (0, 0)].parsed += 1
            if !streams.contains(stream), streams.count < UnparsedLines.maximumStreams { streams.insert(stream) }
            return
        }
        counts[key, default: (0, 0)].unparsed += 1
        if latest.count >= UnparsedLines.maximumKept { latest.removeFirst() }
        latest.append(Line(app: app, text: String(decoding: line.prefix(UnparsedLines.maximumKeptBytes), as: UTF8.self)))
    }
}
