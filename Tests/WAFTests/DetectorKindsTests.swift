import Foundation
import Parsing
import Telemetry
import TestKit
import Testing
import Topology
import WAF

/// What the detector makes of records that are no access lines, what attacks cost, and whether bans hold.
@Suite("Judging every kind of record", .ownThread)
struct DetectorKindsTests {
    private let start: Nanoseconds = 1_795_442_400_000_000_000

    private func access(_ client: String, _ uri: String, status: Int = 200, seconds: String = "0.5") throws -> AccessRecord {
        let line = "\(client) - - [23/Nov/2026:14:00:00 +0000] \"GET \(uri) HTTP/1.1\" \(status) 100 \"-\" \"-\" \(seconds)"
        return try #require(AccessLogParser.parse(Array(line.utf8)[...]))
    }

    private func value(_ name: String, _ detector: Detector, _ labels: [String: String] = [:]) -> Double? {
        let batch = detector.counters(at: start / 1_000_000)
        return batch.series.first { series in
            let own = batch.labels(of: series)
            return own.metricName == name && labels.allSatisfy { own[$0.key] == $0.value }
        }
        .map { batch.values[$0.samples.lowerBound] }
    }

    @Test("Failed logins of a service are brute force; an exempt address's are not")
    func services() throws {
        let detector = Detector(exempt: [try #require(NetworkRange("192.0.2.0/24"))])
        for client in ["203.0.113.1", "192.0.2.1"] {
            for second in 0..<8 {
                let line = Array("Failed password for root from \(client) port 22 ssh2".utf8)
                let record = try #require(ServiceLogParser.parse(.ssh, line[...]))
                detector.observe(.service(record), role: "web", at: start + Nanoseconds(second) * 1_000_000_000)
            }
        }
        #expect(detector.offenders(at: start).map(\.address) == ["203.0.113.1"])
        #expect(detector.offenders(at: start).first?.score.family == .bruteForce)
        let evidence = detector.read { $0.ranking.first?.evidence.first }
        #expect(evidence?.rule == "login-brute-force" && evidence?.request == "ssh login-failed root")
        #expect(evidence?.detail.contains("6 in 5 s, where 5 are allowed and 6.0 a minute drain") == true, "\(evidence as Any)")
    }

    private func audit(_ body: String) throws -> ModSecurityTransaction {
        let lines = [
            "--7b10c14f-A--", "[23/Nov/2026:14:00:00.1 +0000] u2 203.0.113.5 4242 192.0.2.80 80", "--7b10c14f-B--",
            "POST /checkout HTTP/1.1", "", "--7b10c14f-C--", body, "--7b10c14f-H--",
            #"Message: Warning. [id "942100"] [msg "SQL Injection"] [data "s&1"] [severity "CRITICAL"]"#,
            #"Message: Warning. [id "949110"] [msg "Score"] [severity "CRITICAL"]"#, "--7b10c14f-Z--",
        ]
        var reader = ModSecurityAuditReader()
        return try #require(lines.compactMap { reader.take(Array($0.utf8)[...]) }.last)
    }

    @Test("An audit record shows what its body and the Core Rule Set tell; an attack that the access log told of counts once")
    func audits() throws {
        let detector = Detector(exempt: [])
        detector.observe(.audit(try audit("q=plain")), role: "web", at: start)
        var offender = try #require(detector.read { $0.ranking.first })
        #expect(offender.attacks == 1 && offender.evidence.map(\.rule) == ["crs-942100"])
        detector.observe(try access("203.0.113.6", "/?q=%27%20or%201=1"), at: start)
        let attacks = detector.read { $0.attacks }
        var again = Array(
            "--7b10c14f-A--|[t] u3 203.0.113.6 1 192.0.2.80 80|--7b10c14f-B--|GET /?q=%27%20or%201=1 HTTP/1.1|--7b10c14f-Z--".utf8
        )
        .split(separator: UInt8(ascii: "|"))[...]
        var reader = ModSecurityAuditReader()
        while let line = again.popFirst() {
            if let transaction = reader.take(line) { detector.observe(.audit(transaction), role: "web", at: start) }
        }
        #expect(detector.read { $0.attacks } == attacks)
        detector.observe(.audit(try audit("q=1%27%20union%20select%20password%20from%20users--")), role: "web", at: start)
        offender = try #require(detector.read { ledger in ledger.ranking.first { $0.client.description == "203.0.113.5" } })
        #expect(offender.attacks == 1, "the same request again")
    }

    @Test("What attacks cost is told by role, and honest requests are no cost")
    func cost() throws {
        let detector = Detector(exempt: [])
        for number in 0..<50 { detector.observe(try access("198.51.100.1", "/page/\(number)"), role: "lb", at: start) }
        for number in 0..<10 {
            detector.observe(try access("203.0.113.5", "/?q=%27%20or%201=1&n=\(number)"), role: "lb", at: start)
        }
        // An offender's harmless requests are its cost, too.
        detector.observe(try access("203.0.113.5", "/expensive", seconds: "2.5"), role: "lb", at: start)
        #expect(value("magewatch_waf_attack_requests_total", detector, ["role": "lb"]) == 11)
        #expect(value("magewatch_waf_attack_seconds_total", detector, ["role": "lb"]) == 7.5)
    }

    @Test("Requests that are answered in spite of a ban are counted, refused ones and the first moments are not")
    func bans() throws {
        let detector = Detector(exempt: [])
        let banned = try #require(BanSubject("203.0.113.5"))
        detector.watch([banned: start - 10_000_000_000])
        for status in [200, 403, 200] { detector.observe(try access("203.0.113.5", "/", status: status), at: start) }
        detector.observe(try access("203.0.113.6", "/"), at: start)
        #expect(value("magewatch_waf_passed_bans_total", detector) == 2)
        detector.watch([banned: start - 1_000_000_000])
        detector.observe(try access("203.0.113.5", "/"), at: start)
        #expect(value("magewatch_waf_passed_bans_total", detector) == 2)
    }

    @Test("A crawl is evidence only; a flood makes an offender whom a person may ban")
    func modes() throws {
        let detector = Detector(exempt: [])
        for number in 0..<200 { detector.observe(try access("203.0.113.7", "/product/\(number)"), at: start) }
        #expect(detector.offenders(at: start).isEmpty)
        #expect(detector.read { $0.rules["http-crawl"] } == 1)
        let flood = try access("203.0.113.8", "/")
        for _ in 0..<2_100 { detector.observe(flood, at: start) }
        #expect(detector.offenders(at: start).map(\.address) == ["203.0.113.8"])
        #expect(detector.needsApproval("203.0.113.8"))
        for number in 0..<5 { detector.observe(try access("203.0.113.8", "/?q=%27%20or%201=1&n=\(number)"), at: start) }
        #expect(!detector.needsApproval("203.0.113.8"))
    }

    @Test("What is remembered is bounded")
    func bounds() throws {
        let detector = Detector(exempt: [])
        for number in 0..<(Detector.maximumOffenders + 5_000) {
            detector.observe(
                try access("10.\(number >> 16).\(number >> 8 & 255).\(number & 255)", "/?q=%27%20or%201=1"), at: start)
        }
        #expect(detector.read { $0.offenders.count } <= Detector.maximumOffenders)
        #expect(detector.read { $0.dropped } > 0)
    }
}
