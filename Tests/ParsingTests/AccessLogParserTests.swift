import Foundation
import Parsing
import TestKit
import Testing

private func text(_ bytes: ArraySlice<UInt8>?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

private func parse(_ line: String) -> AccessRecord? { AccessLogParser.parse(Array(line.utf8)[...]) }

private let haproxy =
    #"127.0.0.1:51822 [23/Nov/2026:14:14:44.263] fe_web~ be_web/web1 0/0/0/14/14 200 125 - - ---- 1/1/0/0/0 0/0 "#
    + #"{shop.example|Mozilla/5.0 #22q#22 #7Bb|http://ref.example/} {text/plain} "GET /a?b=c HTTP/1.1""#

@Suite("Access log lines")
struct AccessLogParserTests {
    struct Combined: Sendable {
        var line: String
        var client = "1.2.3.4"
        var method = "GET"
        var uri = "/"
        var status = 200
        var bytes: Int64 = 5
        var referer: String?
        var agent: String?
        var host: String?
        var seconds: Double?
        var malformed = false
    }

    static let date = "[29/Sep/2021:12:37:05 +0200]"
    static let combined: [Combined] = [
        Combined(
            line: #"1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5 "http://a/" "curl/7""#, referer: "http://a/", agent: "curl/7"),
        Combined(line: #"1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5"#),
        Combined(line: #"1.2.3.4 - - \#(date) "GET / HTTP/1.1" 304 - "-" "-""#, status: 304, bytes: 0),
        Combined(
            line: #"1.2.3.4 - john q smith \#(date) "POST /x HTTP/2.0" 200 5 "-" "a b""#, method: "POST", uri: "/x", agent: "a b"),
        Combined(line: #"shop.example:80 1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5 "-" "c""#, agent: "c", host: "shop.example"),
        Combined(line: #"www.shop.example 1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5"#, host: "www.shop.example"),
        Combined(line: #"2001:db8:: - - \#(date) "GET / HTTP/1.1" 200 5"#, client: "2001:db8::"),
        Combined(line: #"<190>Nov 23 14:14:44 web1 nginx: 1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5 "-" "c""#, agent: "c"),
        Combined(line: #"1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5 "-" "a \"b\" c""#, agent: #"a \"b\" c"#),
        Combined(line: #"1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5 "-" "a \x22b\x22""#, agent: #"a \x22b\x22"#),
        Combined(line: #"1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5 "-" "c" 0.125"#, agent: "c", seconds: 0.125),
        Combined(
            line: #"1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5 "-" "c" "10.0.0.1" rt=1.500 uct="0.1""#, agent: "c", seconds: 1.5),
        Combined(line: #"1.2.3.4 - - \#(date) "GET / HTTP/1.1" 200 5 "-" "c" 1234"#, agent: "c"),
        Combined(line: #"1.2.3.4 - - \#(date) "GET http://shop/x?y HTTP/1.1" 200 5"#, uri: "/x?y", host: "shop"),
        Combined(line: #"1.2.3.4 - - \#(date) "GET /a b c HTTP/1.1" 200 5"#, uri: "/a b c", malformed: true),
        Combined(line: #"1.2.3.4 - - \#(date) "" 400 5 "-" "-""#, method: "", uri: "", status: 400, malformed: true),
        Combined(line: #"1.2.3.4 - - \#(date) "-" 408 5 "-" "-""#, method: "", uri: "", status: 408, malformed: true),
        Combined(line: #"1.2.3.4 - - \#(date) "\x16\x03\x01" 400 5"#, method: "", uri: "", status: 400, malformed: true),
        Combined(line: #"1.2.3.4 - - \#(date) "GET /" 400 5"#, status: 400, malformed: true),
    ]

    @Test("JSON objects of nginx, by the names that such formats go by")
    func json() throws {
        let line =
            #"{"time":"2026-11-23T14:14:44+00:00","msec":1795443284.263,"remote_addr":"192.0.2.1","upstream":{"a":[1,"}"]},"method":"GET","uri":"/a?q=\"x","status":404,"bytes":3,"rt":0.250,"referer":"","ua":"Mozilla \"q\"","xff":"198.51.100.7"}"#
        let record = try #require(AccessLogParser.parse(Array(line.utf8)[...]))
        func text(_ slice: ArraySlice<UInt8>?) -> String? { slice.map { String(decoding: $0, as: UTF8.self) } }
        #expect(record.format == .json)
        #expect(text(record.client) == "192.0.2.1")
        #expect(text(record.uri) == #"/a?q=\"x"#)
        #expect(text(record.method) == "GET")
        #expect(record.status == 404)
        #expect(record.bytes == 3)
        #expect(record.durationSeconds == 0.25)
        #expect(record.referer == nil)
        #expect(text(record.userAgent) == #"Mozilla \"q\""#)
        #expect(text(record.forwardedFor) == "198.51.100.7")
        #expect(record.timestamp == 1_795_443_284_263_000_000)
    }

    @Test(
        "JSON that tells of no request is another kind of log",
        arguments: [
            "{}", "{", #"{"msg":"started"}"#, #"{"remote_addr":"192.0.2.1","uri":"/"}"#, #"{"status":200,"uri":"/"}"#,
            #"{"remote_addr":"192.0.2.1","status":200"#, #"{"remote_addr":"192.0.2.1","status":"x","uri":"/"}"#,
        ])
    func otherJSON(line: String) {
        #expect(AccessLogParser.parse(Array(line.utf8)[...]) == nil)
    }

    @Test("Combined lines give their fields", arguments: combined)
    func readsCombined(_ expected: Combined) throws {
        let record = try #require(parse(expected.line))
        #expect(record.format == .combined)
        #expect(text(record.client) == expected.client)
        #expect(text(record.method) == expected.method)
        #expect(text(record.uri) == expected.uri)
        #expect(record.status == expected.status)
        #expect(record.bytes == expected.bytes)
        #expect(text(record.referer) == expected.referer)
        #expect(text(record.userAgent) == expected.agent)
        #expect(text(record.host) == expected.host)
        #expect(record.durationSeconds == expected.seconds)
        #expect(record.isMalformed == expected.malformed)
        #expect(record.timestamp == 1_632_911_825_000_000_000)
    }

    @Test("A forwarded-for list behind the user agent is found")
    func forwardedFor() throws {
        let record = try #require(parse(#"10.0.0.1 - bob \#(Self.date) "GET / HTTP/1.1" 200 5 "-" "c" "1.2.3.4, ::1" 0.1"#))
        #expect(text(record.forwardedFor) == "1.2.3.4, ::1")
        #expect(text(record.user) == "bob")
    }

    @Test("An HAProxy line gives its fields")
    func readsHAProxy() throws {
        let record = try #require(parse("Nov 23 14:14:44 lb1 haproxy[12]: " + haproxy))
        #expect(record.format == .haproxyHTTP)
        #expect(text(record.client) == "127.0.0.1")
        #expect(text(record.frontend) == "fe_web")
        #expect(text(record.backend) == "be_web")
        #expect(text(record.server) == "web1")
        #expect(record.durationSeconds == 0.014)
        #expect(record.status == 200)
        #expect(record.bytes == 125)
        #expect(text(record.terminationState) == "----")
        #expect(text(record.host) == "shop.example")
        #expect(text(record.userAgent) == "Mozilla/5.0 #22q#22 #7Bb")
        #expect(text(record.referer) == "http://ref.example/")
        #expect(text(record.responseCaptures) == "text/plain")
        #expect(text(record.method) == "GET")
        #expect(text(record.uri) == "/a?b=c")
        #expect(record.timestamp == 1_795_443_284_263_000_000)
        #expect(!record.isMalformed && !record.isCut)
    }

    @Test("HAProxy's odd lines")
    func readsOddHAProxyLines() throws {
        let start = "[23/Nov/2026:14:14:44.263]"
        let refused = try #require(
            parse("2001:db8::1:58430 \(start) fe fe/<NOSRV> -1/-1/-1/-1/+0 400 +187 - - PR-- 1/1/0/0/+3 0/0 \"<BADREQ>\""))
        #expect(text(refused.client) == "2001:db8::1")
        #expect(refused.server == nil)
        #expect(text(refused.backend) == "fe")
        #expect(refused.status == 400)
        #expect(refused.bytes == 187)
        #expect(text(refused.terminationState) == "PR--")
        #expect(refused.isMalformed)
        #expect(text(refused.request) == "<BADREQ>")

        let cut = try #require(parse("1.2.3.4:5 \(start) fe be/web1 0/0/0/1/1 200 12 - - ---- 1/1/0/0/0 0/0 \"GET /" + "a"))
        #expect(cut.isCut)
        #expect(text(cut.uri) == "/a")

        let unanswered = try #require(
            parse("unix:1 \(start) fe be/web1 0/0/0/-1/7 -1 0 - - CH-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\""))
        #expect(text(unanswered.client) == "unix")
        #expect(unanswered.status == -1)
    }

    @Test(
        "Lines of other kinds are refused",
        arguments: [
            "", "[", "hello", "[29/Sep/2021:12:37:05 +0200]", #"a [29/Sep/2021:12:37:05 +0200] "GET / HTTP/1.1" 200 5"#,
            "1.2.3.4:5 [28/Feb/2025:02:43:10.123] frontend/backend: SSL handshake failure",
            "1.2.3.4:5 [28/Feb/2025:02:43:10.123] fe be/srv 0/0/5 12 ---- 1/1/0/0/0 0/0",
            #"1.2.3.4 - - [29/Sep/2021:12:37:05 +0200] "GET / HTTP/1.1" abc 5"#,
            #"1.2.3.4 - - [32/Sep/2021:12:37:05 +0200] "GET / HTTP/1.1" 200 5"#,
            "2026/11/23 14:14:44 [error] 12#12: *1 open() failed", #"{"time":"2026-11-23T14:14:44+00:00"}"#,
        ])
    func refuses(_ line: String) {
        #expect(parse(line) == nil)
    }

    @Test("No truncation, and no changed byte, of a line is a crash")
    func survivesDamage() {
        var random = SeededGenerator(seed: 7)
        for line in Self.combined.map(\.line) + [haproxy] {
            let bytes = Array(line.utf8)
            // A slice that does not begin at zero, as one of a buffer of many lines.
            let shifted = [0x5b, 0x5b] + bytes
            for length in 0...bytes.count {
                _ = AccessLogParser.parse(bytes[..<length])
                _ = AccessLogParser.parse(shifted[2..<2 + length])
            }
            for _ in 0..<500 {
                var damaged = bytes
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                touch(AccessLogParser.parse(damaged[...]))
            }
        }
    }

    private func touch(_ record: AccessRecord?) {
        guard let record else { return }
        _ = [record.client, record.request, record.method, record.uri].map(\.count)
        _ = [record.referer, record.userAgent, record.host, record.frontend, record.requestCaptures].map { $0?.count }
    }

    @Test("Real access logs parse, line by line", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
    func readsRealLogs() throws {
        let lines = try Data(contentsOf: SharedMaterial.url("suites/waf/access/apache_logs_1_5000")).split(separator: 0x0a)
        let records = lines.compactMap { AccessLogParser.parse(Array($0)[...]) }
        #expect(lines.count == 5_000)
        #expect(records.count == lines.count)
        #expect(records.allSatisfy { $0.status >= 200 && $0.timestamp != nil && !$0.client.isEmpty })
        print("access logs: \(records.count) of \(lines.count) lines, \(records.filter(\.isMalformed).count) malformed")
    }

    @Test(
        "Sample logs of each producer parse", .enabled(if: SharedMaterial.isPresent, "needs ../shared"),
        arguments: [
            "apache/apache-http-probing.log", "apache/apache2-logs.log", "apache/apache2-malformed.log",
            "apache/generated_combined.log", "apache/generated_vhost_combined.log", "apache/elastic_apache_combined_500.log",
            "haproxy/generated_haproxy26_httplog_captures.log", "nginx/generated_nginx122_combined.log",
            "nginx/nginx_http-logs.log", "nginx/http_dos_random_uri.log",
        ])
    func readsSamples(_ file: String) throws {
        let lines = try Data(contentsOf: SharedMaterial.url("suites/waf/samples/" + file)).split(separator: 0x0a)
        // One of the files holds two lines of Apache's error log, which begin with their date.
        let unread = lines.filter { $0.first != 0x5b && AccessLogParser.parse(Array($0)[...]) == nil }
        #expect(unread.count == 0, "\(unread.prefix(3).map { String(decoding: $0, as: UTF8.self) })")
    }
}
