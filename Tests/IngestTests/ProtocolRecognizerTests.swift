import Foundation
import Ingest
import TestKit
import Testing

private typealias Verdict = ProtocolRecognizer.Verdict

struct ProtocolRecognizerTests {
    private static let cases: [(String, [UInt8], Verdict)] = [
        ("logger -T", Array("<13>1 2026-11-23T13:51:48".utf8), .recognised(.syslog)),
        ("octet-counted", Array("99 <13>1 2026".utf8), .recognised(.syslog)),
        ("NUL ended", Array("<11>hello\0".utf8), .recognised(.syslog)),
        ("no end of priority", Array("<189 text".utf8), .recognised(.text)),
        ("XML", Array("<event>".utf8), .recognised(.text)),
        ("RELP", Array("1 open 86 relp_version=0\n".utf8), .recognised(.relp)),
        ("a line with a number", Array("12 opens today".utf8), .recognised(.text)),
        ("a date", Array("2026-11-23 error".utf8), .recognised(.text)),
        ("HTTP POST", Array("POST /api/v1/write HTTP/1.1\r\n".utf8), .recognised(.http)),
        ("HTTP GET", Array("GET / HTTP/1.1\r\n".utf8), .recognised(.http)),
        ("almost HTTP", Array("GETTING it\n".utf8), .recognised(.text)),
        ("HTTP/2", Array("PRI * HTTP/2.0\r\n".utf8), .refused(reason: "http2")),
        ("JSON", Array("{\"@timestamp\": ".utf8), .recognised(.json)),
        ("bracketed text", Array("[error] x\n".utf8), .recognised(.text)),
        ("statsd", Array("a.b:1|c\n".utf8), .recognised(.text)),
        ("graphite", Array("foo.bar 42 1795441820\n".utf8), .recognised(.text)),
        ("Latin-1", [0xe4, 0x20, 0x62, 10], .recognised(.text)),
        ("Thaana", [0xdd, 0x90, 0x20], .recognised(.text)),
        ("TLS", [0x16, 3, 1, 2, 0], .refused(reason: "tls")),
        ("Lumberjack", [0x32, 0x57, 0, 0, 0, 1], .refused(reason: "lumberjack")),
        ("not Lumberjack", Array("1Dx".utf8), .recognised(.text)),
        ("Fluent Forward", [0x93, 0xa5, 0x61], .refused(reason: "fluent_forward")),
        ("Fluent array", [0xdc, 0, 3], .refused(reason: "fluent_forward")),
        ("gzip", [0x1f, 0x8b, 8], .refused(reason: "gzip")),
        ("zlib", [0x78, 0x9c, 1], .refused(reason: "zlib")),
        ("x text", Array("xterm\n".utf8), .recognised(.text)),
        ("pickle", [0, 0, 0, 0x25, 0x80, 2, 0x5d], .refused(reason: "graphite_pickle")),
        ("GELF chunk", [0x1e, 0x0f, 7], .refused(reason: "binary")),
        ("zeros", [0, 0, 0, 7, 0x68, 0x31], .refused(reason: "binary")),
        ("a short word", Array("hi\n".utf8), .recognised(.text)),
        ("colours", [27, 0x5b, 0x33], .recognised(.text)),
    ]

    @Test("The first bytes tell the protocol, however they are cut", arguments: cases)
    private func cuttings(name: String, bytes: [UInt8], expected: Verdict) {
        for size in 1...bytes.count {
            var recognizer = ProtocolRecognizer()
            var verdict = Verdict.undecided
            var start = 0
            while start < bytes.count, verdict == .undecided {
                verdict = recognizer.feed(bytes[start..<min(start + size, bytes.count)])
                start += size
            }
            if verdict == .undecided { verdict = recognizer.settle() }
            #expect(verdict == expected, "\(name) in pieces of \(size)")
        }
    }

    @Test(
        "What can't be decided waits, and is text or binary when nothing more comes",
        arguments: [("PO", Verdict.recognised(.text)), ("123", .recognised(.text)), ("<1", .recognised(.text)), ("", .undecided)])
    private func settling(text: String, expected: Verdict) {
        var recognizer = ProtocolRecognizer()
        #expect(recognizer.feed(text.utf8) == .undecided)
        #expect(recognizer.settle() == expected)
    }

    @Test("Real clients' first bytes are recognised", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
    func captures() throws {
        let expected: [(prefix: String, verdict: Verdict)] = [
            ("TCP logger-tcp-default", .recognised(.syslog)), ("TCP logger-tcp-octet", .recognised(.syslog)),
            ("TCP rsyslog-tcp-lf", .recognised(.syslog)), ("TCP rsyslog-tcp-octet", .recognised(.syslog)),
            ("TCP rsyslog-omrelp", .recognised(.relp)), ("TCP syslogng-syslog", .recognised(.syslog)),
            ("TCP syslogng-network", .recognised(.syslog)), ("TCP fluent-logger", .refused(reason: "fluent_forward")),
            ("TCP pygelf-tcp", .recognised(.json)), ("TCP pylogbeat", .refused(reason: "lumberjack")),
            ("TCP logstash-async beats", .refused(reason: "lumberjack")), ("TCP logstash-async-tcp", .recognised(.json)),
            ("TCP statsd-tcp", .recognised(.text)), ("TCP graphyte", .recognised(.text)),
            ("TCP graphite-pickle", .refused(reason: "graphite_pickle")), ("TCP rfc5424-tcp", .recognised(.syslog)),
            ("TCP py SysLogHandler", .recognised(.syslog)), ("TCP collectd-graphite", .recognised(.text)),
            ("UDP logger-udp", .recognised(.syslog)), ("UDP rsyslog-udp", .recognised(.syslog)),
            ("UDP collectd-net", .refused(reason: "binary")), ("UDP statsd", .recognised(.text)),
            ("UDP pygelf-udp len=91", .refused(reason: "zlib")), ("UDP pygelf-udp len=412", .refused(reason: "binary")),
            ("UDP rfc5424", .recognised(.syslog)),
        ]
        var seen = 0
        for file in ["captures_deb.txt", "captures_deb2.txt", "captures_deb3.txt", "captures_py.txt"] {
            let url = try SharedMaterial.url("suites/captures/\(file)")
            let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
            for line in text.split(separator: "\n") {
                // A capture may follow another on its line.
                for part in line.replacing("|TCP ", with: "|\nTCP ").split(separator: "\n") {
                    guard let match = expected.first(where: { part.hasPrefix($0.prefix) }), let colon = part.firstRange(of: ": ")
                    else { continue }
                    let hex = part[colon.upperBound...].prefix { $0 != "|" }
                    let bytes = hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
                    let isDatagram = part.hasPrefix("UDP")
                    var recognizer = ProtocolRecognizer()
                    let stream = recognizer.feed(bytes) == .undecided ? recognizer.settle() : recognizer.feed([])
                    let verdict = isDatagram ? ProtocolRecognizer.judge(datagram: bytes) : stream
                    #expect(verdict == match.verdict, "\(part.prefix(60))")
                    seen += 1
                }
            }
        }
        print("captures: \(seen) first packets recognised as expected")
        #expect(seen >= 25)
    }
}
