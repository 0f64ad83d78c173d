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

    /// Texts marked as accepted that are refused or cut short: their error, or their second line, stands elsewhere in its tables.
    private static let mislabelled: Set<String> = [
        "{'foo\\'bar', ", "{\"http.requests\"xx}\t\t0+50x2", "{\"http.requests\"=, x=\"y\"}\t\t0+50x2",
        "{\"http.requests}\t\t0+50x2", "`",
    ]

    private static let floor = 261

    @Test("Prometheus' parser cases are parsed or refused as there, and print to what parses the same")
    func parserCases() throws {
        let url = try SharedMaterial.url("suites/promql/parse_cases.json")
        let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
        var (passed, failed, leftOut) = (0, 0, 0)
        for one in cases {
            if Self.mislabelled.contains(one.input) || one.input.contains("{{") || (one.input.hasPrefix("info(") && !one.reject) {
                leftOut += 1
                continue
            }
            do {
                let expression = try PromQLParser.parse(one.input)
                let again = try PromQLParser.parse(expression.description)
                let isGood = !one.reject && again == expression
                if isGood { passed += 1 } else { failed += 1 }
                #expect(isGood, "accepted \(one.input), printed as \(expression)")
            } catch {
                // Some cases describe series of a script, not queries.
                let isSeries = (try? PromQLScript("load 1m\n \(one.input)\n", file: "case")) != nil
                let isGood = one.reject || isSeries
                if isGood { passed += 1 } else { failed += 1 }
                #expect(isGood, "refused \(one.input): \(error)")
                #expect(error.line >= 1, "no position in \(error) for \(one.input)")
            }
        }
        print(
            "PromQL parser cases: \(passed) passed, \(failed) failed, \(leftOut) left out (native histograms, info, mislabelled)")
        #expect(failed == 0)
        #expect(passed >= Self.floor)
    }
}
