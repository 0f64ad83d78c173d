import Foundation
import Parsing
import TestKit
import Testing

@Suite("ModSecurity's logs")
struct ModSecurityTests {
    func transactions(_ text: String) -> (found: [ModSecurityTransaction], broken: Int) {
        var reader = ModSecurityAuditReader()
        let found = text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { reader.take(Array($0.utf8)[...]) }
        return (found, reader.broken)
    }

    @Test(
        "Native records of both versions",
        arguments: [
            ("--7b10c14f-", "--", "Message: ", "[severity \"CRITICAL\"]"),
            ("---caIa9HSX---", "--", "ModSecurity: ", "[severity \"2\"]"),
        ])
    func native(before: String, after: String, prefix: String, severity: String) throws {
        let text = """
            \(before)A\(after)
            [23/Nov/2026:14:13:48 +0000] 1795.68 198.51.100.7 40000 203.0.113.5 80
            \(before)B\(after)
            POST /a b?q=1 HTTP/1.1
            Host: shop.example
            Cookie: a=b

            \(before)C\(after)
            x=1' or 1=1
            \(before)F\(after)
            HTTP/1.1 403 Forbidden
            \(before)H\(after)
            \(prefix)Warning. Pattern match "a" [id "942100"] [msg "m"] [data "d \\"] [id \\"1"] \(severity) [unique_id "x"]
            \(prefix)Warning. Again [id "942100"] [msg "m"]
            \(before)Z\(after)
            """
        let transaction = try #require(transactions(text).found.first)
        #expect(transaction.uniqueID == "1795.68")
        #expect(String(decoding: transaction.client, as: UTF8.self) == "198.51.100.7")
        #expect(String(decoding: transaction.uri, as: UTF8.self) == "/a b?q=1")
        #expect(transaction.header("cookie").map { String(decoding: $0, as: UTF8.self) } == "a=b")
        #expect(String(decoding: transaction.body, as: UTF8.self) == "x=1' or 1=1")
        #expect(transaction.status == 403)
        #expect(transaction.messages.map(\.ruleID) == [942100])
        #expect(transaction.messages.first?.severity == .critical)
    }

    @Test("A record without an end is counted, and the next one is read")
    func broken() {
        let text = """
            --7b10c14f-A--
            [23/Nov/2026:14:13:48 +0000] one 198.51.100.7 1 203.0.113.5 80
            --7b10c14f-B--
            GET / HTTP/1.1
            --8b10c14f-A--
            [23/Nov/2026:14:13:48 +0000] two 198.51.100.7 1 203.0.113.5 80
            --7b10c14f-H--
            --8b10c14f-Z--
            {"transaction":
            """
        let result = transactions(text)
        #expect(result.found.map(\.uniqueID) == ["two"])
        #expect(result.broken == 2)
    }

    @Test("The last unique id of a line counts: a URI may hold another")
    func forgedID() throws {
        let line = #"ModSecurity: Warning. [id "1"] [uri "/a"] [unique_id "forged"] [unique_id "real"]"#
        #expect(try #require(ModSecurityMessage(Array(line.utf8)[...])).uniqueID == "real")
    }

    @Test(
        "Records of real servers", .enabled(if: SharedMaterial.isPresent, "needs ../shared"),
        arguments: [("v2_Native", 5), ("v3_Native", 4), ("v2_JSON", 5), ("v3_JSON", 4)])
    func samples(name: String, minimum: Int) throws {
        let url = try SharedMaterial.url("suites/waf/samples/modsec/modsec_audit_\(name).log")
        let result = transactions(String(decoding: try Data(contentsOf: url), as: UTF8.self))
        #expect(result.broken == 0)
        #expect(result.found.count >= minimum)
        for transaction in result.found {
            #expect(!transaction.uniqueID.isEmpty && !transaction.uri.isEmpty && !transaction.client.isEmpty)
            #expect(transaction.header("host") != nil)
        }
        #expect(result.found.contains { $0.messages.contains { $0.ruleID == 942100 } })
    }
}
