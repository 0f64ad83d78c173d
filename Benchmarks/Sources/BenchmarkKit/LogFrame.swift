import Foundation

/// What a frame of log lines holds.
package enum LogFrame {
    private struct Push: Decodable {
        struct Stream: Decodable { var values: [[String]] }
        var streams: [Stream]
    }

    package static func lines(in frame: Data) -> Int { decode(frame).count }
    /// Bytes of the lines with their line ends: what a file on disk would hold.
    package static func lineBytes(in frame: Data) -> Int { decode(frame).reduce(0) { $0 + $1.utf8.count + 1 } }

    private static func decode(_ frame: Data) -> [String] {
        let push = try? JSONDecoder().decode(Push.self, from: frame)
        return push?.streams.flatMap { $0.values.map { $0[1] } } ?? []
    }
}
