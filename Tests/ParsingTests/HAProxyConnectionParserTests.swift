import Parsing
import Testing

@Suite("What HAProxy tells of connections")
struct HAProxyConnectionParserTests {
    private func text(_ slice: ArraySlice<UInt8>?) -> String? { slice.map { String(decoding: $0, as: UTF8.self) } }

    @Test("A TCP line, with or without a syslog header")
    func tcp() throws {
        let line = "192.0.2.1:33313 [06/Feb/2009:12:12:51.443] mysql~ db/db1 0/-1/5007 212 -- 0/0/0/0/3 0/0"
        for prefix in ["", "Feb  6 12:12:56 lb haproxy[14387]: "] {
            let bytes = Array((prefix + line).utf8)
            guard case .connection(let connection) = HAProxyConnectionParser.parse(bytes[...]) else {
                Issue.record("no connection")
                continue
            }
            #expect(connection.timestamp == 1_233_922_371_443_000_000)
            #expect(text(connection.client) == "192.0.2.1")
            #expect(text(connection.frontend) == "mysql")
            #expect(text(connection.backend) == "db")
            #expect(text(connection.server) == "db1")
            #expect(connection.queueSeconds == 0)
            #expect(connection.connectSeconds == nil)
            #expect(connection.durationSeconds == 5.007)
            #expect(connection.bytes == 212)
            #expect(text(connection.terminationState) == "--")
        }
    }

    @Test("A connection that came to nothing is an error of its client")
    func failure() throws {
        let line = Array("2001:db8::1:50033 [28/Feb/2025:02:43:10.123] front/bind: SSL handshake failure (error:0A)".utf8)
        guard case .error(let entry) = HAProxyConnectionParser.parse(line[...]) else {
            Issue.record("no error")
            return
        }
        #expect(entry.producer == .haproxy)
        #expect(text(entry.client) == "2001:db8::1")
        #expect(text(entry.clientPort) == "50033")
        #expect(text(entry.component) == "front")
        #expect(text(entry.server) == "bind")
        #expect(text(entry.message) == "SSL handshake failure (error:0A)")
        #expect(entry.attempt?.event == .probe)
    }

    @Test("A request's phases, counts and queues are there for those who ask")
    func detail() throws {
        let line = Array(
            #"192.0.2.1:14853 [14/Jan/2015:12:48:57.127] f~ b/s 170/0/-1/3/+173 200 +739 a=1 - --NN 5/4/3/2/+1 7/8 {h|ua} "GET /x HTTP/1.1""#
                .utf8)
        let request = try #require(AccessLogParser.parse(line[...]))
        let detail = try #require(HAProxyDetail(request))
        #expect(detail.clientPort == 14853)
        #expect((0..<5).map { detail.milliseconds[$0] } == [170, 0, -1, 3, 173])
        #expect((0..<5).map { detail.connections[$0] } == [5, 4, 3, 2, 1])
        #expect((0..<2).map { detail.queues[$0] } == [7, 8])
        #expect(text(detail.requestCookie) == "a=1")
        #expect(text(request.version) == "1.1")
    }

    @Test(
        "Other lines are none",
        arguments: ["", "x", "192.0.2.1:1 [06/Feb/2009:12:12:51.443]", "192.0.2.1:1 [06/Feb/2009:12:12:51.443] f b/s x/y/z 1 --"])
    func others(line: String) {
        #expect(HAProxyConnectionParser.parse(Array(line.utf8)[...]) == nil)
    }

    @Test("Varnish's lines: a whole URL, and what is commonly added behind")
    func varnish() throws {
        let line = Array(
            #"192.0.2.1 - - [23/Nov/2026:14:14:44 +0000] "GET http://shop.example/a?b=1 HTTP/1.1" 200 512 "-" "curl/8" hit 0.000213"#
                .utf8)
        let request = try #require(AccessLogParser.parse(line[...]))
        #expect(text(request.uri) == "/a?b=1")
        #expect(text(request.host) == "shop.example")
        #expect(request.durationSeconds == 0.000213)
    }
}
