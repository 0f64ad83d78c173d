import Alerting
import Foundation
import TestKit
import Testing

@Suite struct RuleTestFileTests {
    private static let rules = """
        groups:
          - name: errors
            rules:
              - record: site:errors:rate5m
                expr: sum by (site) (rate(errors_total[5m]))
              - alert: TooManyErrors
                expr: site:errors:rate5m > 0.5
                for: 2m
                labels: {severity: page}
                annotations: {summary: "{{ $labels.site }} has {{ $value }} errors a second"}
        """

    private func outcomes(_ tests: String) throws -> [RuleTestOutcome] {
        let file = try RuleTestFile(tests, file: "tests.yaml")
        #expect(file.ruleFiles == ["errors.yaml"])
        return file.run(try RuleFile.parse(Self.rules, file: "errors.yaml"))
    }

    @Test("Rules are evaluated over given series, then expressions and alerts are looked at")
    func passes() throws {
        let outcomes = try outcomes(
            """
            rule_files: [errors.yaml]
            tests:
              - interval: 1m
                input_series:
                  - {series: 'errors_total{site="shop", server="a"}', values: "0+60x20"}
                promql_expr_test:
                  - {expr: site:errors:rate5m, eval_time: 10m, exp_samples: [{labels: 'site:errors:rate5m{site="shop"}', value: 1}]}
                  - {expr: ALERTS, eval_time: 4m, exp_samples: [{labels: 'ALERTS{alertname="TooManyErrors", alertstate="pending", severity="page", site="shop"}', value: 1}]}
                alert_rule_test:
                  - {alertname: TooManyErrors, eval_time: 2m, exp_alerts: []}
                  - alertname: TooManyErrors
                    eval_time: 10m
                    exp_alerts:
                      - exp_labels: {site: shop, severity: page}
                        exp_annotations: {summary: shop has 1 errors a second}
            """)
        #expect(outcomes.count == 4)
        for outcome in outcomes { #expect(outcome.verdict == .passed, "\(outcome.place)") }
    }

    @Test("What is otherwise than expected is named with its line")
    func fails() throws {
        let outcomes = try outcomes(
            """
            rule_files: [errors.yaml]
            tests:
              - name: quiet
                input_series: [{series: "errors_total", values: 0x10}]
                promql_expr_test:
                  - {expr: site:errors:rate5m, eval_time: 5m, exp_samples: [{labels: "site:errors:rate5m", value: 1}]}
                alert_rule_test:
                  - {alertname: TooManyErrors, eval_time: 5m, exp_alerts: [{}]}
            """)
        #expect(
            outcomes.map(\.place) == [
                "tests.yaml:8: quiet: alert TooManyErrors at 5m", "tests.yaml:6: quiet: site:errors:rate5m at 5m",
            ])
        let verdicts = outcomes.map(\.verdict)
        #expect(verdicts.last == .failed(expected: "site:errors:rate5m 1", got: "site:errors:rate5m 0"))
        #expect(verdicts.first == .failed(expected: "{alertname=\"TooManyErrors\"} []", got: "no alert"))
    }

    @Test(
        "A file that is none is refused with each mistake",
        arguments: [
            ("tests: [{interval: soon}]", "f:1: \"soon\" is no duration"), ("rules: []", "f:1: there is no key \"rules\""),
            ("tests: 5", "f:1: expected a list"), ("tests:\n  - alert_rule_test: [{}]", "f:2: an `alert_rule_test` needs"),
            ("tests: [{start_timestamp: later}]", "f:1: \"later\" is no time"), ("tests: [", "f: no YAML"),
            ("evaluation_interval: 0s", "f:1: `evaluation_interval` must"),
            ("evaluation_interval: 1ms\ntests: [{promql_expr_test: [{expr: x, eval_time: 1y}]}]", "f:2: more than 1000000"),
        ])
    func refuses(text: String, message: String) {
        let error = #expect(throws: AlertingError.self) { try RuleTestFile(text, file: "f") }
        #expect(error?.message.hasPrefix(message) ?? false, "\(error?.message ?? "")")
    }

    /// Files of Prometheus' own, with how many of their expectations hold there.
    private static let files = [
        ("unittest.yml", 26, 0), ("long-period.yml", 4, 0), ("no-test-group-interval.yml", 2, 0), ("start-time-test.yml", 9, 0),
        ("at-modifier-test.yml", 1, 0), ("negative-offset-test.yml", 1, 0), ("failing.yml", 0, 4), ("rules_run.yml", 1, 1),
        ("rules_run_fuzzy.yml", 2, 2), ("rules_run_no_fuzzy.yml", 0, 2), ("bad-input-series.yml", 0, 1),
        ("bad-promql.yml", 0, 1), ("bad-rules-error-test.yml", 0, 1),
    ]

    @Test(
        "Prometheus' unit tests of rules hold and fail as there",
        .enabled(if: SharedMaterial.isPresent, "needs ../shared"), arguments: files)
    func prometheus(name: String, passed: Int, failed: Int) throws {
        func text(_ name: String) throws -> String {
            try String(contentsOf: SharedMaterial.url("suites/promtool/\(name)"), encoding: .utf8)
        }
        let file = try RuleTestFile(try text(name), file: name)
        let groups = try file.ruleFiles.flatMap { try RuleFile.parse(try text($0), file: $0) }
        let outcomes = file.run(groups)
        let failures = outcomes.filter { $0.verdict != .passed }
        #expect(outcomes.count - failures.count == passed, "\(outcomes.map(\.place))")
        #expect(failures.count == failed, "\(failures)")
    }
}
