import Foundation
import PromQL
import TestKit
import Testing

/// Prometheus' own scripts and parser cases, run against the engine.
@Suite(.enabled(if: SharedMaterial.isPresent, "needs ../shared"))
struct PromQLConformanceTests {
    /// All files of the suite.
    private static let files = [
        "aggregators", "at_modifier", "collision", "duration_expression", "extended_vectors", "fill-modifier", "functions",
        "histograms", "info", "limit", "literals", "native_histograms", "operators", "range_queries", "selectors", "staleness",
        "start_timestamps", "subquery", "trig_functions", "type_and_unit",
    ]

    /// What passed when this was last raised; the suite must not silently shrink.
    private static let floor = 1483

    @Test("Prometheus' scripts pass as far as they are in scope")
    func scripts() throws {
        var (passed, failed) = (0, 0)
        var leftOut: [String: Int] = [:]
        for name in Self.files {
            let url = try SharedMaterial.url("suites/promql/\(name).test")
            let text = try String(contentsOf: url, encoding: .utf8)
            let script = try PromQLScript(text, file: "\(name).test")
            for outcome in script.run() {
                switch outcome.verdict {
                case .passed: passed += 1
                case .leftOut(let reason): leftOut[reason, default: 0] += 1
                case .failed(let expected, let got):
                    failed += 1
                    Issue.record("\(outcome.file):\(outcome.line): \(outcome.query)\n  expected \(expected)\n  got \(got)")
                }
            }
        }
        let reasons = leftOut.sorted { $0.key < $1.key }.map { ", \($0.value) as \($0.key)" }.joined()
        print("PromQL scripts: \(passed) passed, \(failed) failed, \(leftOut.values.reduce(0, +)) left out\(reasons)")
        #expect(failed == 0)
        #expect(passed >= Self.floor)
    }
}
