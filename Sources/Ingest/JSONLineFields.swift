import Parsing
import Telemetry

/// What a JSON log line says about itself on its top level: time, host, program and level.
struct JSONLineFields {
    var timestamp: Nanoseconds?
    var host: [UInt8]?
    var app: [UInt8]?
    var level: [UInt8]?

    private static let times = Set(["timestamp", "@timestamp", "time", "ts"].map { Array($0.utf8) })
    private static let hosts = Set(["host", "hostname"].map { Array($0.utf8) })
    private static let apps = Set(["app", "service", "program", "application"].map { Array($0.utf8) })
    private static let levels = Set(["level", "severity", "lvl", "log.level"].map { Array($0.utf8) })

    init(_ bytes: [UInt8], in range: Range<Int>, receivedAt: Nanoseconds) throws(JSONReadError) {
        var reader = JSONReader(bytes, in: range)
        var found = (time: [UInt8]?.none, host: [UInt8]?.none, app: [UInt8]?.none, level: [UInt8]?.none)
        try reader.object { (reader, key) throws(JSONReadError) in
            if JSONLineFields.times.contains(key) {
                try JSONLineFields.first(&found.time, from: &reader)
            } else if JSONLineFields.hosts.contains(key) {
                try JSONLineFields.first(&found.host, from: &reader)
            } else if JSONLineFields.apps.contains(key) {
                try JSONLineFields.first(&found.app, from: &reader)
            } else if JSONLineFields.levels.contains(key) {
                try JSONLineFields.first(&found.level, from: &reader)
            } else {
                try reader.skip()
            }
        }
        guard reader.peek == nil else { throw reader.failure }
        (host, app, level) = (found.host, found.app, found.level)
        timestamp = found.time.flatMap { JSONLineFields.time($0) }
        if let time = timestamp, time > receivedAt &+ SyslogMessage.maximumAhead { timestamp = nil }
    }

    /// Of several fields that would do, the one that stands first counts.
    private static func first(_ slot: inout [UInt8]?, from reader: inout JSONReader) throws(JSONReadError) {
        let value = try reader.scalar()
        if slot == nil { slot = value }
    }

    /// RFC 3339, or a number whose size tells its unit: seconds, milliseconds, microseconds or nanoseconds since 1970.
    static func time(_ text: [UInt8]) -> Nanoseconds? {
        if let time = SyslogTime.internet(text, in: text.indices), time.end == text.count { return time.nanoseconds }
        let string = String(decoding: text, as: UTF8.self)
        if let whole = Int64(string) {
            switch whole {
            case 100_000_000..<100_000_000_000: return whole * 1_000_000_000
            case 100_000_000_000..<100_000_000_000_000: return whole * 1_000_000
            case 100_000_000_000_000..<100_000_000_000_000_000: return whole * 1000
            case 100_000_000_000_000_000...: return whole
            default: return nil
            }
        }
        guard let seconds = Double(string), seconds >= 1e8, seconds < 9e9 else { return nil }
        return Nanoseconds(seconds * 1e6) * 1000
    }
}
