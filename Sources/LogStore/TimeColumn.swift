import Telemetry

/// Ascending times: the largest unit that divides them all, the first one, then the differences to each next one, in frames.
enum TimeColumn {
    private static let units: [Int64] = [1_000_000_000, 1_000_000, 1_000, 1]

    static func encode(_ times: [Nanoseconds]) -> [UInt8] {
        let unit = units.first { unit in times.allSatisfy { $0 % unit == 0 } } ?? 1
        var writer = ByteWriter()
        writer.count(Int(unit))
        var previous = (times.first ?? 0) / unit
        writer.zigzag(previous)
        let differences = times.map { time in
            defer { previous = time / unit }
            return time / unit &- previous
        }
        BitFrames.encode(differences, into: &writer)
        return writer.bytes
    }

    static func decode(_ section: [UInt8], count: Int) throws(LogStoreError) -> [Nanoseconds] {
        var reader = ByteReader(section[...])
        let unit = Int64(try reader.count(limit: 1_000_000_000))
        var value = try reader.zigzag()
        var times = try BitFrames.decode(count, from: &reader)
        var span = times.mutableSpan
        for index in span.indices {
            value &+= span[index]
            span[index] = value &* unit
        }
        return times
    }
}
