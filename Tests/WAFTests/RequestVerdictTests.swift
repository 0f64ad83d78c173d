import Parsing
import Testing
import WAF

@Suite("What is made of one request")
struct RequestVerdictTests {
    private let identifier = Array("ZmwR5AebAO5-Tfs4".utf8)

    private func verdicts(_ lines: [String]) -> [RequestVerdict] {
        var reader = LogRecordReader()
        var inspector = Inspector(signatures: .shipped)
        return lines.compactMap { line in
            guard let record = reader.read(Array(line.utf8)[...], program: [], stream: 1),
                RequestVerdict.names(identifier, in: record)
            else { return nil }
            return RequestVerdict(record, &inspector)
        }
    }

    @Test("Every log that names the request tells its part, with the bytes, what was undone, and the points")
    func trail() throws {
        let found = verdicts([
            #"192.0.2.1 - - [23/Nov/2026:14:00:00 +0000] "GET /?q=1%2527%2520or%25201=1 HTTP/1.1" 403 1 "-" "a" "ZmwR5AebAO5-Tfs4""#,
            #"192.0.2.1 - - [23/Nov/2026:14:00:00 +0000] "GET /?q=1%2527%2520or%25201=1 HTTP/1.1" 403 1 "-" "a" "other""#,
            #"[Fri Jun 14 04:48:20.092017 2024] [:error] [pid 1:tid 2] [client 192.0.2.1] ModSecurity: Warning. x [id "930130"] [msg "Restricted"] [data "/.git/"] [severity "CRITICAL"] [uri "/"] [unique_id "ZmwR5AebAO5-Tfs4"]"#,
            #"{"transaction":{"unique_id":"ZmwR5AebAO5-Tfs4","client_ip":"192.0.2.1","request":{"method":"GET","uri":"/shoes"}}}"#,
        ])
        try #require(found.map(\.kind) == ["access", "error", "audit"])
        #expect(found.map(\.isAttack) == [true, true, false])
        #expect(found.map(\.client) == ["192.0.2.1", "192.0.2.1", "192.0.2.1"])
        #expect(found[0].status == 403)
        let find = try #require(found[0].finds.first { $0.rule == "sqli-tautology" })
        #expect(find.detail.contains("percent twice"))
        #expect(find.points == 5)
        #expect(
            found[1].finds == [
                .init(rule: "crs-930130", family: .pathTraversal, points: 5, reason: "Restricted", detail: "/.git/")
            ])
        #expect(found[2].finds.isEmpty)
    }
}
