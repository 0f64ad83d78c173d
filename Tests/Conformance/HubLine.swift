import Foundation
import Parsing
import Telemetry
import Topology

/// A line of a hub case as we read it, and what the hub calls its fields.
struct HubLine {
    let text: [UInt8]
    let record: LogRecord?
    /// The header, where syslog wrote one; `bytes` are what its ranges count in.
    let header: SyslogMessage?
    private let bytes: [UInt8]

    init(_ line: String, reader: inout LogRecordReader) {
        text = Array(line.utf8)
        record = reader.read(text[...], program: [], stream: 1)
        bytes = text.first == UInt8(ascii: "<") ? text : Array("<38>".utf8) + text
        // A date without a year is read by the arrival, a second after it here.
        let arrival = HubText.seconds(String(line.prefix(15))).map { ($0 + 1) * 1_000_000_000 }
        let message = SyslogMessage.parse(bytes, receivedAt: arrival ?? HubLine.arrival)
        header = message.app == nil || message.resolution == .arrival ? nil : message
    }

    /// Later than any date that has a year.
    static let arrival: Nanoseconds = 1_798_000_000_000_000_000

    var time: Nanoseconds {
        switch record {
        case .access(let request): request.timestamp ?? 0
        case .error(let entry): entry.timestamp ?? 0
        case .connection(let connection): connection.timestamp
        case .service(let event): event.timestamp ?? header?.timestamp ?? 0
        case .audit, .slow, nil: header?.timestamp ?? 0
        }
    }

    /// What a service's record tells of who came, be it in a service's own log or in an error log.
    var attempt: ServiceLogRecord? {
        switch record {
        case .service(let event): event
        case .error(let entry): entry.attempt
        default: nil
        }
    }

    var client: ArraySlice<UInt8>? {
        switch record {
        case .access(let request): request.client
        case .error(let entry): entry.client ?? entry.attempt?.source
        case .connection(let connection): connection.client
        default: attempt?.source
        }
    }

    /// What syslog's header says, by the hub's names.
    func headerField(_ key: String) -> String? {
        guard let header else { return nil }
        func text(_ range: Range<Int>?) -> String? { range.map { String(decoding: bytes[$0], as: UTF8.self) } }
        return switch key {
        case "machine": text(header.host)
        case "program": text(header.app)
        case "pid": text(header.processID)
        case "message": text(header.message)
        case "syslog_priority": header.priority.map(String.init)
        case "syslog_version": header.isModern ? "1" : nil
        default: nil
        }
    }
}

/// Values as the hub writes them.
enum HubText {
    static func of(_ bytes: ArraySlice<UInt8>?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// An address in its shortest form, whichever way it was written.
    static func address(_ text: String?) -> String? {
        text.map { NetworkAddress($0).map(\.description) ?? $0 }
    }

    /// A date in any of the forms that logs and the hub write, as the second that it means; without a year, of 2026.
    static func seconds(_ text: String) -> Int64? {
        let formats = [
            "dd/MMM/yyyy:HH:mm:ss Z", "dd/MMM/yyyy:HH:mm:ss.SSS", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXXXX",
            "yyyy-MM-dd'T'HH:mm:ssXXXXX",
            "EEE MMM dd HH:mm:ss.SSSSSS yyyy", "EEE MMM d HH:mm:ss yyyy", "yyyy MMM d HH:mm:ss",
        ]
        let plain = text.split(separator: " ").joined(separator: " ")
        for format in formats {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(identifier: "UTC")
            formatter.dateFormat = format
            for candidate in [plain, "2026 " + plain] {
                if let date = formatter.date(from: candidate) { return Int64(date.timeIntervalSince1970.rounded(.down)) }
            }
        }
        return nil
    }

    /// Year, month, day, hour, minute and second of a time, UTC.
    static func civil(_ time: Nanoseconds) -> DateComponents {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "UTC") ?? calendar.timeZone
        return calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: Double(time / 1_000_000_000)))
    }
}
