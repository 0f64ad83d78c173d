import Telemetry

/// Ascending times: the largest unit that divides them all, the first one, then the difference to each next one in that unit.
enum TimeColumn {
    private static let units: [Int64] = [1_000_000_000, 1_000_000, 1_000, 1]

    static func encode(_ times: [Nanoseconds]) -> [UInt8] {
        let unit = units.first { unit in times.allSatisfy { $0 % unit == 0 } } ?? 1
        var writer = ByteWriter()
        writer.count(Int(unit))
        var previous: Int64 = 0
        for (index, time) in times.enumerated() {
            let value = time / unit
            if index == 0 {
                writer.zigzag(value)
            } else {
                writer.varint(UInt64(bitPattern: value &- previous))
            }
            previous = value
        }
        return writer.bytes
    }

    static func decode(_ section: [UInt8], count: Int) throws(LogStoreError) -> [Nanoseconds] {
        var reader = ByteReader(section[...])
        let unit = Int64(try reader.count(limit: 1_000_000_000))
        var times: [Nanoseconds] = []
        times.reserveCapacity(count)
        var value: Int64 = 0
        for index in 0..<count {
            value = index == 0 ? try reader.zigzag() : value &+ Int64(bitPattern: try reader.varint())
            times.append(value &* unit)
        }
        return times
    }
}
