import Parsing
import Testing

@Suite("Each line is read once, by the parser that takes it")
struct LogRecordReaderTests {
    private static let access = #"192.0.2.1 - - [23/Nov/2026:14:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#

    private func kind(_ record: LogRecord?) -> String {
        switch record {
        case .access: "access"
        case .service(let event): "\(event.service.rawValue) \(event.event.rawValue)"
        case .audit(let transaction): "audit \(transaction.uniqueID)"
        case .error(let entry): "error \(entry.producer.rawValue)"
        case .connection: "connection"
        case .slow(let entry): "slow \(entry.producer.rawValue)"
        case nil: "none"
        }
    }

    @Test(
        "The kind of a line",
        arguments: [
            (access, "nginx", "access"),
            ("Failed password for root from 192.0.2.7 port 22 ssh2", "sshd", "ssh login-failed"),
            ("Server listening on 0.0.0.0 port 22.", "sshd", "none"),
            ("Nov 24 14:14:44 host sshd[12]: Failed password for root from 192.0.2.7 port 22 ssh2", "auth", "ssh login-failed"),
            ("2026-11-24T14:14:44.1+00:00 host sshd[12]: Invalid user bob from 192.0.2.7 port 22", "", "ssh unknown-user"),
            ("Nov 24 14:14:44 host cron[12]: (root) CMD (true) and some more text", "", "none"),
            (#"{"transaction":{"unique_id":"u1","client_ip":"192.0.2.1","request":{"method":"GET","uri":"/"}}}"#, "", "audit u1"),
            (#"{"transaction":"#, "", "none"), ("", "", "none"), ("just text", "shop", "none"),
        ])
    func kinds(line: String, program: String, expected: String) {
        var reader = LogRecordReader()
        #expect(kind(reader.read(Array(line.utf8)[...], program: Array(program.utf8)[...], stream: 1)) == expected)
    }

    private static let audit = [
        "--7b10c14f-A--", "[23/Nov/2026:14:00:00.1 +0000] u2 203.0.113.5 4242 192.0.2.80 80", "--7b10c14f-B--",
        "POST /login HTTP/1.1", "--7b10c14f-C--", access, "--7b10c14f-Z--",
    ]

    @Test("An audit record is read over its lines, and what an attacker wrote into it is no access line")
    func auditRecord() {
        var reader = LogRecordReader()
        var kinds: [String] = []
        for line in Self.audit {
            kinds.append(kind(reader.read(Array(line.utf8)[...], program: [], stream: 1)))
            // Another stream's lines in between are its own.
            kinds.append(kind(reader.read(Array(Self.access.utf8)[...], program: [], stream: 2)))
        }
        #expect(kinds.filter { $0 != "none" } == Array(repeating: "access", count: 6) + ["audit u2", "access"])
        #expect(reader.brokenAudits == 0)
    }

    @Test("Streams in the middle of a record are bounded, and what is passed over is counted")
    func bound() {
        var reader = LogRecordReader()
        for stream in 0..<(LogRecordReader.maximumAuditStreams + 10) {
            _ = reader.read(Array(Self.audit[0].utf8)[...], program: [], stream: stream)
        }
        #expect(reader.brokenAudits == 10)
    }
}

@Suite("Entries that go on over lines")
struct LongEntryTests {
    private func readings(_ lines: [String]) -> [String] {
        var reader = LogRecordReader()
        return lines.map { line in
            switch reader.take(Array(line.utf8)[...], program: [], stream: 1) {
            case .record(.error): "error"
            case .record(.slow): "slow"
            case .record: "other"
            case .part: "part"
            case .silent: "silent"
            case .unknown: "unknown"
            }
        }
    }

    @Test("A stack behind an exception is part of it; without an entry before it, it is unknown")
    func stack() {
        let entry = "[2026-11-23T14:14:44.500000+00:00] main.CRITICAL: Error: x in /a.php:3"
        #expect(
            readings(["Stack trace:", entry, "Stack trace:", "#0 /a.php(3): f()", entry])
                == ["unknown", "error", "part", "part", "error"])
    }

    @Test("Slow logs give one record an entry")
    func slow() {
        #expect(
            readings([
                "# User@Host: a[a] @ h [192.0.2.1]", "# Query_time: 2.5  Lock_time: 0", "SET timestamp=1795443284;", "SELECT 1;",
                "[14-Sep-2018 16:55:58.866159]  [pool www] pid 3", "[0x1] f() /x.php:1", "",
            ]) == ["part", "part", "part", "slow", "part", "part", "slow"])
    }

    @Test("An entry has an end, however many lines follow")
    func bound() {
        let lines = ["[2026-11-23 14:14:44] main.ERROR: x [] []"] + [String](repeating: "more", count: 2_500)
        #expect(readings(lines).count { $0 == "unknown" } == 500)
    }
}
