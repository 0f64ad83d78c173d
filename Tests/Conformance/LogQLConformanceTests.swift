import Foundation
import LogQL
import TestKit
import Testing

@Suite("LogQL conformance", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
struct LogQLConformanceTests {
    /// How many evaluations of each script passed when this was last raised; fewer is a regression.
    static let floors = [
        ("line_filters", 20), ("label_filters", 179), ("parsers", 38), ("range_aggregations", 163), ("vector_aggregations", 97),
        ("binary_operations", 190), ("conversions", 10), ("formatters", 12), ("functions", 23),
    ]

    @Test("Scripts give what they say", arguments: floors)
    func runsScript(_ name: String, _ floor: Int) throws {
        let text = try String(contentsOf: SharedMaterial.url("suites/logql/\(name).logqltest"), encoding: .utf8)
        var runner = LogScriptRunner()
        let reports = runner.run(try LogScript(text))
        var reasons: [String: Int] = [:]
        var (passed, failed) = (0, 0)
        for report in reports {
            switch report.outcome {
            case .passed: passed += 1
            case .leftOut(let reason): reasons[reason, default: 0] += 1
            case .failed(let how):
                failed += 1
                print("\(name):\(report.lineNumber): \(report.query) \(how)")
            }
        }
        let leftOut = reasons.values.reduce(0, +)
        print("logql \(name): \(passed) passed, \(failed) failed, \(leftOut) left out")
        for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) { print("logql \(name): left out \(count): \(reason)") }
        #expect(passed >= floor)
        #expect(failed == 0)
    }

    @Test("Queries are accepted and refused as they should be")
    func parsesCases() throws {
        struct Case: Decodable {
            var input: String
            var reject: Bool
        }
        let cases = try JSONDecoder().decode(
            [Case].self, from: Data(contentsOf: SharedMaterial.url("suites/logql/parse_cases.json")))
        var wrong = 0
        for one in cases {
            do throws(LogQLError) {
                try LogQLParser.parse(one.input)
                guard one.reject else { continue }
                print("accepted: \(one.input)")
            } catch {
                guard !one.reject else { continue }
                print("refused: \(one.input): \(error)")
            }
            wrong += 1
        }
        print("logql parse cases: \(cases.count - wrong) passed, \(wrong) failed, 0 left out")
        #expect(wrong == 0)
    }
}
