import Foundation
import PromQL
import TestKit
import Testing

/// Prometheus' parser cases: texts that must parse or must be refused.
@Suite(.enabled(if: SharedMaterial.isPresent, "needs ../shared"))
struct PromQLParserConformanceTests {
    private struct Case: Decodable {
        var input: String
        var reject: Bool
    }

    /// Texts marked as accepted that Prometheus refuses: their error stands elsewhere in its tables.
    private static let refusedThere: Set<String> = [
        "{'foo\\'bar', ", "{\"http.requests\"xx}\t\t0+50x2", "{\"http.requests\"=, x=\"y\"}\t\t0+50x2",
        "{\"http.requests}\t\t0+50x2", "`", "{} {{schema:1 schema:1}}", "{} {{foo:1}}", "{} {{counter_reset_hint:foo}}",
    ]

    private static let floor = 290

    @Test("Prometheus' parser cases are parsed or refused as there, and print to what parses the same")
    func parserCases() throws {
        let url = try SharedMaterial.url("suites/promql/parse_cases.json")
        let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
        var (passed, failed) = (0, 0)
        for one in cases {
            let rejects = one.reject || Self.refusedThere.contains(one.input)
            do {
                let expression = try PromQLParser.parse(one.input)
                let again = try PromQLParser.parse(expression.description)
                let isGood = !rejects && again == expression
                if isGood { passed += 1 } else { failed += 1 }
                #expect(isGood, "accepted \(one.input), printed as \(expression)")
            } catch {
                // Some cases describe series of a script, not queries.
                let isSeries = (try? PromQLScript("load 1m\n \(one.input)\n", file: "case")) != nil
                let isGood = rejects != isSeries || one.reject
                if isGood { passed += 1 } else { failed += 1 }
                #expect(isGood, "refused \(one.input): \(error)")
                #expect(error.line >= 1, "no position in \(error) for \(one.input)")
            }
        }
        print(
            "PromQL parser cases: \(passed) passed, \(failed) failed, 0 left out")
        #expect(failed == 0)
        #expect(passed >= Self.floor)
    }
}
