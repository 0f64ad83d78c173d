import Foundation

/// A file of frames: a length in four little-endian bytes, then so many bytes of body.
struct Frames: Sequence {
    private let data: Data
    private let ranges: [Range<Int>]

    var count: Int { ranges.count }

    init(_ path: String, limit: Int) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        var ranges: [Range<Int>] = []
        var at = 0
        while at + 4 <= data.count, ranges.count < limit {
            let length = Frames.length(in: data, at: at)
            ranges.append(at + 4..<at + 4 + length)
            at += 4 + length
        }
        self.data = data
        self.ranges = ranges
    }

    private static func length(in data: Data, at start: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(data[start + $1]) << (8 * $1) }
    }

    func makeIterator() -> AnyIterator<Data> {
        var index = 0
        return AnyIterator {
            guard index < ranges.count else { return nil }
            defer { index += 1 }
            return data.subdata(in: ranges[index])
        }
    }
}

/// What a frame of log lines holds.
enum LogFrames {
    private struct Push: Decodable {
        struct Stream: Decodable { var values: [[String]] }
        var streams: [Stream]
    }

    static func lines(in frame: Data) -> Int { decode(frame).count }
    /// Bytes of the lines with their line ends: what a file on disk would hold.
    static func lineBytes(in frame: Data) -> Int { decode(frame).reduce(0) { $0 + $1.utf8.count + 1 } }

    private static func decode(_ frame: Data) -> [String] {
        let push = try? JSONDecoder().decode(Push.self, from: frame)
        return push?.streams.flatMap { $0.values.map { $0[1] } } ?? []
    }
}
