package import Telemetry

/// One syslog message, RFC 5424 or 3164, as places in the received bytes: nothing is copied.
///
/// Every input has a reading. What is not understood belongs to the message: with no valid `<PRI>` all of it does. What senders
/// get wrong is accepted: NUL or line ends behind the message, no version, an RFC 3339 time in an old header, no host, no tag.
package struct SyslogMessage: Sendable, Equatable {
    /// How exact the time in the header was.
    package enum Resolution: Sendable, Equatable {
        /// There was none that could be believed; the time is the arrival's.
        case arrival
        case second
        case subsecond
    }

    /// How far ahead of its arrival a message's time may be; beyond it the arrival counts.
    package static let maximumAhead: Nanoseconds = 3_600_000_000_000
    /// Longest tag of an old header, without the process id.
    package static let maximumTagBytes = 64

    /// `facility * 8 + severity`, 0 to 191, or nil where there was no valid priority.
    package var priority: Int?
    /// Whether the header was RFC 5424.
    package var isModern = false
    package var timestamp: Nanoseconds
    package var resolution = Resolution.arrival
    package var host: Range<Int>?
    package var app: Range<Int>?
    package var processID: Range<Int>?
    package var messageID: Range<Int>?
    package var structuredData: Range<Int>?
    package var message: Range<Int>

    package var facility: Int? { priority.map { $0 / 8 } }
    package var severity: Int? { priority.map { $0 % 8 } }

    /// The severity as log levels are usually named.
    package var level: String? {
        let names = ["emerg", "alert", "critical", "error", "warning", "notice", "info", "debug"]
        return severity.map { names[$0] }
    }

    /// Reads a whole message.
    package static func parse(_ bytes: [UInt8], receivedAt: Nanoseconds) -> SyslogMessage {
        parse(bytes, in: bytes.indices, receivedAt: receivedAt)
    }

    /// Reads the message that stands in a range of the bytes.
    package static func parse(_ bytes: [UInt8], in range: Range<Int>, receivedAt: Nanoseconds) -> SyslogMessage {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] == 0 || bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
        let range = range.lowerBound..<end
        var cursor = SyslogCursor(bytes, range)
        guard let priority = priority(&cursor) else { return SyslogMessage(timestamp: receivedAt, message: range) }
        var result = SyslogMessage(priority: priority, timestamp: receivedAt, message: cursor.index..<end)
        var modern = cursor
        if modern.skip(UInt8(ascii: "1")), modern.skip(.blank), result.readModern(&modern, receivedAt: receivedAt) {
            return result
        }
        result = SyslogMessage(priority: priority, timestamp: receivedAt, message: cursor.index..<end)
        result.readClassic(&cursor, receivedAt: receivedAt)
        return result
    }

    private static func priority(_ cursor: inout SyslogCursor) -> Int? {
        guard cursor.skip(UInt8(ascii: "<")) else { return nil }
        var value = 0
        var digits = 0
        while let digit = cursor.peek?.decimalDigit, digits < 4 {
            value = value * 10 + digit
            digits += 1
            cursor.index += 1
        }
        guard (1...3).contains(digits), value <= 191, cursor.skip(UInt8(ascii: ">")) else { return nil }
        return value
    }

    private mutating func takeTime(_ time: SyslogTime, receivedAt: Nanoseconds) {
        guard time.nanoseconds <= receivedAt &+ SyslogMessage.maximumAhead else { return }
        timestamp = time.nanoseconds
        resolution = time.hasFraction ? .subsecond : .second
    }

    // MARK: RFC 5424

    private mutating func readModern(_ cursor: inout SyslogCursor, receivedAt: Nanoseconds) -> Bool {
        guard let time = cursor.word(), let host = cursor.word(), let app = cursor.word(), let process = cursor.word(),
            let identifier = cursor.word()
        else { return false }
        let nothing = cursor.bytes[time].elementsEqual(CollectionOfOne(.minus))
        if !nothing {
            guard let read = SyslogTime.internet(cursor.bytes, in: time), read.end == time.upperBound else { return false }
            takeTime(read, receivedAt: receivedAt)
        }
        func given(_ range: Range<Int>) -> Range<Int>? {
            range.count == 1 && cursor.bytes[range.lowerBound] == .minus ? nil : range
        }
        isModern = true
        self.host = given(host)
        self.app = given(app)
        processID = given(process)
        messageID = given(identifier)
        readStructuredData(&cursor)
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        if cursor.bytes[cursor.index..<cursor.end].starts(with: mark) { cursor.index += mark.count }
        message = cursor.index..<cursor.end
        return true
    }

    /// `-` or any number of `[id name="value" …]`. What is malformed is left to the message.
    private mutating func readStructuredData(_ cursor: inout SyslogCursor) {
        if cursor.peek == .minus, cursor.index + 1 == cursor.end || cursor.bytes[cursor.index + 1] == .blank {
            cursor.index += 1
            _ = cursor.skip(.blank)
            return
        }
        var probe = cursor
        while probe.peek == UInt8(ascii: "[") {
            guard SyslogMessage.skipElement(&probe) else { return }
        }
        guard probe.index > cursor.index, probe.peek == nil || probe.peek == .blank else { return }
        structuredData = cursor.index..<probe.index
        _ = probe.skip(.blank)
        cursor = probe
    }

    private static func skipElement(_ cursor: inout SyslogCursor) -> Bool {
        var quoted = false
        while let byte = cursor.peek {
            cursor.index += 1
            switch byte {
            case UInt8(ascii: "\\") where quoted: if cursor.peek != nil { cursor.index += 1 }
            case UInt8(ascii: "\""): quoted.toggle()
            case UInt8(ascii: "]") where !quoted: return true
            default: break
            }
        }
        return false
    }

    // MARK: RFC 3164

    private mutating func readClassic(_ cursor: inout SyslogCursor, receivedAt: Nanoseconds) {
        // Some senders put a version there and then an old header.
        let body = cursor.index..<cursor.end
        cursor.skipBlanks()
        let rest = cursor.index..<cursor.end
        let time =
            SyslogTime.classic(cursor.bytes, in: rest, receivedAt: receivedAt) ?? SyslogTime.internet(cursor.bytes, in: rest)
        if let time {
            takeTime(time, receivedAt: receivedAt)
            cursor.index = time.end
            // Cisco writes a colon behind the time.
            _ = cursor.skip(UInt8(ascii: ":"))
            guard cursor.skip(.blank) || cursor.index == cursor.end else { message = body; return }
            cursor.skipBlanks()
        }
        var start = cursor
        if !readTag(&cursor), time != nil {
            host = cursor.word()
            cursor.skipBlanks()
            start = cursor
            _ = readTag(&cursor)
        }
        message = (app == nil ? start.index : cursor.index)..<cursor.end
    }

    /// `app[pid]: ` or `app: `; leaves all as it was where there is no such thing.
    private mutating func readTag(_ cursor: inout SyslogCursor) -> Bool {
        var probe = cursor
        let start = probe.index
        while let byte = probe.peek, SyslogMessage.isTagByte(byte), probe.index - start < SyslogMessage.maximumTagBytes {
            probe.index += 1
        }
        let name = start..<probe.index
        guard !name.isEmpty else { return false }
        var process: Range<Int>?
        if probe.skip(UInt8(ascii: "[")) {
            let first = probe.index
            while let byte = probe.peek, byte != UInt8(ascii: "]"), byte != .blank { probe.index += 1 }
            process = first..<probe.index
            guard probe.skip(UInt8(ascii: "]")) else { return false }
        }
        guard probe.skip(UInt8(ascii: ":")), probe.peek == nil || probe.skip(.blank) else { return false }
        app = name
        processID = process
        cursor = probe
        return true
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "@"): true
        default: false
        }
    }
}
