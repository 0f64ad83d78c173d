import Foundation

/// A file of frames: a length in four little-endian bytes, then so many bytes of body.
package struct Frames: Sequence {
    private let data: Data
    private let ranges: [Range<Int>]

    package var count: Int { ranges.count }

    package init(_ path: String, limit: Int) throws {
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

    package func makeIterator() -> AnyIterator<Data> {
        var index = 0
        return AnyIterator {
            guard index < ranges.count else { return nil }
            defer { index += 1 }
            return data.subdata(in: ranges[index])
        }
    }
}
