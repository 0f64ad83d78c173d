import Foundation
import Parsing
import Telemetry
import TestKit
import Testing
import Topology
import WAF

@Suite("Judging requests")
struct DetectorTests {
    func line(_ client: String, _ request: String, status: Int = 200, agent: String = "Mozilla/5.0", second: Int = 0) -> [UInt8] {
        let clock = String(format: "%02d:%02d", second / 60 % 60, second % 60)
        return Array("\(client) - - [23/Nov/2026:14:\(clock) +0000] \"\(request)\" \(status) 100 \"-\" \"\(agent)\"".utf8)
    }

    func observe(_ detector: Detector, _ lines: [[UInt8]]) throws {
        for line in lines {
            let record = try #require(AccessLogParser.parse(line[...]))
            detector.observe(record, at: record.timestamp ?? 0)
        }
    }

    @Test("One signature makes no offender; repetition does")
    func repetition() throws {
        let detector = Detector(exempt: [])
        try observe(detector, [line("192.0.2.1", "GET /?q='%20or%201=1 HTTP/1.1")])
        #expect(detector.offenders(at: 0).isEmpty)
        try observe(detector, (1...3).map { line("192.0.2.1", "GET /?q='%20or%201=1&n=\($0) HTTP/1.1", second: $0) })
        #expect(detector.offenders(at: 0).map(\.address) == ["192.0.2.1"])
    }

    @Test("Login attempts in quick succession are brute force; a person who mistypes is left alone")
    func bruteForce() throws {
        let detector = Detector(exempt: [])
        try observe(
            detector, (0..<4).map { line("192.0.2.2", "POST /customer/account/loginPost HTTP/1.1", status: 302, second: $0 * 5) })
        try observe(
            detector, (0..<8).map { line("192.0.2.3", "POST /customer/account/loginPost HTTP/1.1", status: 302, second: $0) })
        let offenders = detector.offenders(at: 0)
        #expect(offenders.map(\.address) == ["192.0.2.3"])
        #expect(offenders.first?.score.family == .bruteForce)
    }

    @Test("Many different refused paths are a scan; one path refused often is not")
    func probing() throws {
        let detector = Detector(exempt: [])
        try observe(detector, (0..<30).map { line("192.0.2.4", "GET /missing.jpg HTTP/1.1", status: 404, second: $0 / 10) })
        try observe(detector, (0..<15).map { line("192.0.2.5", "GET /old/\($0).zip HTTP/1.1", status: 404, second: $0 / 10) })
        #expect(detector.offenders(at: 0).map(\.address) == ["192.0.2.5"])
    }

    @Test("Own addresses are never judged; behind a trusted proxy the client counts")
    func exempt() throws {
        let detector = Detector(exempt: [try #require(NetworkRange("10.0.0.0/8"))])
        let attack = "GET /?q='%20or%201=1 HTTP/1.1"
        try observe(detector, (0..<5).map { line("10.1.2.3", attack, second: $0) })
        #expect(detector.offenders(at: 0).isEmpty)
        let forwarded = (0..<5).map { line("10.1.2.3", attack, second: $0) + Array(" \"198.51.100.7, 10.0.0.9\"".utf8) }
        try observe(detector, forwarded)
        #expect(detector.offenders(at: 0).map(\.address) == ["198.51.100.7"])
    }

    @Test("Dates far apart are no trouble, and a date far from its arrival is not believed")
    func dates() throws {
        let detector = Detector(exempt: [])
        for year in ["1700", "2026", "9999", "1971"] {
            let line = Array("192.0.2.9 - - [23/Nov/\(year):14:00:00 +0000] \"GET /.env HTTP/1.1\" 404 1 \"-\" \"-\"".utf8)
            detector.observe(try #require(AccessLogParser.parse(line[...])), at: 1_795_443_300_000_000_000)
        }
        #expect(detector.offenders(at: 1_795_443_300_000_000_000).map(\.address) == ["192.0.2.9"])
        #expect(detector.offenders(at: .max).isEmpty)
    }

    @Test("A score fades, and its series ends")
    func fading() throws {
        let detector = Detector(exempt: [])
        try observe(detector, (0..<4).map { line("192.0.2.1", "GET /?q='%20or%201=1&n=\($0) HTTP/1.1", second: $0) })
        let first = detector.scores(at: 1000)
        #expect(first.series.contains { first.labels(of: $0)["address"] == "192.0.2.1" })
        try observe(detector, [line("192.0.2.1", "GET / HTTP/1.1", second: 3000)])
        #expect(detector.offenders(at: 0).isEmpty)
        let second = detector.scores(at: 2000)
        let series = try #require(second.series.first { second.labels(of: $0)["address"] == "192.0.2.1" })
        #expect(second.values[series.samples.lowerBound].bitPattern == SampleBatch.staleMarker.bitPattern)
    }

    @Test("No real access line makes its reader an offender", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
    func realLines() throws {
        let folder = try SharedMaterial.url("suites/waf/access")
        let detector = Detector(exempt: [])
        var count = 0
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).sorted(by: {
            $0.path < $1.path
        }) {
            for text in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
                guard let record = AccessLogParser.parse(Array(text)[...]) else { continue }
                detector.observe(record, at: record.timestamp ?? 0)
                count += 1
            }
        }
        #expect(count >= 5000)
        #expect(detector.offenders(at: 0).count <= 2, "\(detector.offenders(at: 0).map { ($0.address, $0.score.scores) })")
    }
}

@Suite("Addresses of clients")
struct ClientAddressTests {
    @Test(
        "IPv6 clients are counted by their /64, mapped IPv4 as IPv4",
        arguments: [
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("::ffff:192.0.2.1", "192.0.2.1"), ("192.0.2.7", "192.0.2.7"),
            ("unix:", nil), ("", nil),
        ])
    func keys(text: String, key: String?) {
        #expect(ClientAddress.network(of: Array(text.utf8)[...])?.description == key)
    }
}
