import Parsing
import Telemetry
import Testing

/// 2026-11-24 12:00:00 UTC.
private let noon: Nanoseconds = 1_795_521_600_000_000_000

private struct Expected: Sendable, CustomTestStringConvertible {
    var input: String
    var priority: Int?
    var host: String?
    var app: String?
    var process: String?
    var message: String
    var secondsFromNoon: Double?
    var isModern = false
    var testDescription: String { input }
}

private func text(_ bytes: [UInt8], _ range: Range<Int>?) -> String? {
    range.map { String(decoding: bytes[$0], as: UTF8.self) }
}

struct SyslogMessageTests {
    private static let cases: [Expected] = [
        Expected(
            input: "<13>1 2026-11-24T11:59:59.018059+00:00 vm root 42 - - hello", priority: 13, host: "vm", app: "root",
            process: "42", message: "hello", secondsFromNoon: -0.981941, isModern: true),
        Expected(
            input: #"<165>1 2026-11-24T13:00:00.5+01:00 h a - ID47 [x@1 k="a\]b" l="\""][y] m [z]"#, priority: 165, host: "h",
            app: "a", message: "m [z]", secondsFromNoon: 0.5, isModern: true),
        Expected(
            input: "<14>1 - - - - - - \u{feff}text\n", priority: 14, message: "text", isModern: true),
        Expected(input: "<14>1 - h a - - -", priority: 14, host: "h", app: "a", message: "", isModern: true),
        Expected(
            input: "<14>1 - h a - - [broken rest", priority: 14, host: "h", app: "a", message: "[broken rest", isModern: true),
        Expected(
            input: "<134>Nov 24 11:51:48 vm t: hello from file", priority: 134, host: "vm", app: "t", message: "hello from file",
            secondsFromNoon: -492),
        Expected(
            input: "<34>Nov  4 12:00:00 mymachine su[77]: 'su root' failed", priority: 34, host: "mymachine", app: "su",
            process: "77", message: "'su root' failed", secondsFromNoon: -20 * 86_400),
        Expected(input: "<34>Nov 24 12:00:00 su: x", priority: 34, app: "su", message: "x", secondsFromNoon: 0),
        Expected(
            input: "<13>Nov 24 11:54:18 vm hello from ng\n", priority: 13, host: "vm", message: "hello from ng",
            secondsFromNoon: -342),
        Expected(
            input: "<13>2026-11-24T11:00:00.25+00:00 vm app[1]: no version", priority: 13, host: "vm", app: "app", process: "1",
            message: "no version", secondsFromNoon: -3599.75),
        Expected(input: "<11>hello\0", priority: 11, message: "hello"),
        Expected(input: "<11>app: hello", priority: 11, app: "app", message: "hello"),
        Expected(input: "<189 missing end", message: "<189 missing end"),
        Expected(input: "<192>too large", message: "<192>too large"),
        Expected(input: "<>none", message: "<>none"),
        Expected(input: "no header at all\r\n", message: "no header at all"),
        Expected(input: "", message: ""),
        Expected(input: "<13>", priority: 13, message: ""),
        Expected(input: "<13>1 2026-99-99T00:00:00Z h a - - - x", priority: 13, message: "1 2026-99-99T00:00:00Z h a - - - x"),
        Expected(
            input: "<13>Dec 31 23:59:59 vm a: last year", priority: 13, host: "vm", app: "a", message: "last year"),
        Expected(
            input: "<13>Nov 24 2026 11:00:00 vm a: with year", priority: 13, host: "vm", app: "a", message: "with year",
            secondsFromNoon: -3600),
    ]

    @Test("Each header is read as its sender meant it", arguments: cases)
    private func header(_ expected: Expected) {
        let bytes = Array(expected.input.utf8)
        let parsed = SyslogMessage.parse(bytes, receivedAt: noon)
        #expect(parsed.priority == expected.priority)
        #expect(text(bytes, parsed.host) == expected.host)
        #expect(text(bytes, parsed.app) == expected.app)
        #expect(text(bytes, parsed.processID) == expected.process)
        #expect(text(bytes, parsed.message) == expected.message)
        #expect(parsed.isModern == expected.isModern)
        if let seconds = expected.secondsFromNoon {
            #expect(parsed.timestamp - noon == Nanoseconds((seconds * 1e9).rounded()))
            #expect(parsed.resolution != .arrival)
        } else {
            #expect(parsed.timestamp == noon)
            #expect(parsed.resolution == .arrival)
        }
    }

    @Test("A line of December that arrives in January keeps its year")
    func newYear() throws {
        let bytes = Array("<13>Dec 31 23:59:59 vm a: x".utf8)
        let january = try #require(SyslogTime.nanoseconds(year: 2027, month: 1, day: 1)) + 1_000_000_000
        #expect(SyslogMessage.parse(bytes, receivedAt: january).timestamp == january - 2_000_000_000)
    }

    @Test("Severities have the names of log levels")
    func level() {
        #expect(SyslogMessage.parse(Array("<11>x".utf8), receivedAt: noon).level == "error")
        #expect(SyslogMessage.parse(Array("<134>x".utf8), receivedAt: noon).level == "info")
    }

    @Test("Nothing that is cut or altered makes the reader fail, and ranges stay inside")
    func mutations() {
        var generator = SystemRandomNumberGenerator()
        for expected in SyslogMessageTests.cases {
            let whole = Array(expected.input.utf8)
            for end in 0...whole.count {
                var bytes = Array(whole[..<end])
                if !bytes.isEmpty { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255) }
                let parsed = SyslogMessage.parse(bytes, receivedAt: noon)
                for range in [parsed.host, parsed.app, parsed.processID, parsed.structuredData, parsed.message].compactMap(\.self)
                {
                    #expect(range.lowerBound >= 0 && range.upperBound <= bytes.count)
                }
            }
        }
    }
}
