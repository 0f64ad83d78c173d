package import Telemetry

/// One request as an audit log has it, of version 2 or 3, native or JSON.
package struct ModSecurityTransaction: Sendable {
    /// Joins the record to access and error logs.
    package internal(set) var uniqueID = ""
    /// The peer's address.
    package internal(set) var client: [UInt8] = []
    /// As written: `23/Nov/2026:14:13:48 +0000`, or version 3's JSON `Mon Nov 23 14:13:49 2026`, which has no zone.
    package internal(set) var time = ""
    /// As received.
    package internal(set) var method: [UInt8] = []
    /// Path and query, as received.
    package internal(set) var uri: [UInt8] = []
    /// Names in lower case, in the order received.
    package internal(set) var headers: [(name: String, value: [UInt8])] = []
    /// Empty where there is none or it was not logged.
    package internal(set) var body: [UInt8] = []
    /// 0 where it was not logged.
    package internal(set) var status = 0
    /// Each rule once, though it may have matched in several places.
    package private(set) var messages: [ModSecurityMessage] = []

    init() {}

    /// When it was, where ``time`` can be read; UTC where it has no zone.
    package var timestamp: Nanoseconds? {
        let text = Array(time.utf8)
        if let date = AccessLogDate.find(in: (Array("[".utf8) + text + Array("]".utf8)).span) { return date.timestamp }
        // Version 2 writes microseconds before the zone, which no access log does.
        if let dot = text.firstIndex(of: UInt8(ascii: ".")), let zone = text[dot...].firstIndex(of: 0x20) {
            let plain = Array("[".utf8) + text[..<dot] + text[zone...] + Array("]".utf8)
            if let date = AccessLogDate.find(in: plain.span) { return date.timestamp }
        }
        let words = text.split(separator: 0x20)
        guard words.count == 5 else { return nil }
        let classic = Array([words[1], words[2], words[4], words[3]].joined(separator: [0x20]))
        return SyslogTime.classic(classic, in: 0..<classic.count, receivedAt: 0)?.nanoseconds
    }

    /// The first header of a name, in lower case.
    package func header(_ name: String) -> [UInt8]? { headers.first { $0.name == name }?.value }

    mutating func add(_ message: ModSecurityMessage) {
        if !messages.contains(where: { $0.ruleID == message.ruleID }) { messages.append(message) }
    }

    /// `GET /path HTTP/1.1`; blanks within the URI stay in it.
    mutating func take(requestLine line: ArraySlice<UInt8>) {
        guard let first = line.firstIndex(of: 0x20) else {
            uri = Array(line)
            return
        }
        method = Array(line[..<first])
        let rest = line[(first + 1)...]
        let last = rest.lastIndex(of: 0x20)
        let hasVersion = last.map { rest[($0 + 1)...].starts(with: "HTTP/".utf8) } ?? false
        uri = Array(hasVersion ? rest[..<last!] : rest)
    }

    mutating func take(headerLine line: ArraySlice<UInt8>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        headers.append((name, Array(line[(colon + 1)...].drop { $0 == 0x20 })))
    }
}
