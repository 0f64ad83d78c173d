import Foundation

/// Prometheus' remote-write 1.0, written by hand.
enum RemoteWrite {
    static let headers = ["content-encoding": "snappy", "x-prometheus-remote-write-version": "0.1.0"]
    static let type = "application/x-protobuf"

    static func body(_ labels: [String: String], value: Double, milliseconds: Int) -> [UInt8] {
        body([(labels, [(milliseconds, value)])])
    }

    /// Series with their samples, as time and value.
    static func body(_ series: [(labels: [String: String], samples: [(Int, Double)])]) -> [UInt8] {
        snappy(series.flatMap { field(1, message($0.labels, $0.samples)) })
    }

    private static func message(_ labels: [String: String], _ samples: [(Int, Double)]) -> [UInt8] {
        var series: [UInt8] = []
        // Names come sorted, as the protocol wants them.
        for (name, text) in labels.sorted(by: { $0.key < $1.key }) {
            series += field(1, field(1, Array(name.utf8)) + field(2, Array(text.utf8)))
        }
        for (milliseconds, value) in samples {
            let bits = value.bitPattern
            let sample = [0x09] + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } + [0x10] + varint(milliseconds)
            series += field(2, sample)
        }
        return series
    }

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2] + varint(bytes.count) + bytes }

    private static func varint(_ number: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = UInt64(number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// Snappy's block format with nothing but literals, of at most 60 bytes each.
    private static func snappy(_ bytes: [UInt8]) -> [UInt8] {
        var result = varint(bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(60)
            result += [UInt8(part.count - 1) << 2] + part
            rest = rest.dropFirst(60)
        }
        return result
    }
}
