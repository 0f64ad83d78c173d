import Alerting
import Foundation
import StateStore
import Telemetry
import Testing

@Suite struct RuleTests {
    static func group(_ rule: String) throws -> RuleGroup {
        let text = "groups:\n- name: g\n  interval: 10s\n  rules:\n" + rule
        return try #require(try RuleFile.parse(text, file: "g.yaml").first)
    }

    static let simple = "  - {alert: A, expr: up == 0, for: 20s, keep_firing_for: 20s, labels: {action: scale}}\n"

    @Test("Every shipped rule file reads, expressions and templates included")
    func shipped() throws {
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../alerts")
            .standardizedFileURL
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".yaml") }
        #expect(files.count >= 5)
        for file in files {
            let text = try String(contentsOf: directory.appendingPathComponent(file), encoding: .utf8)
            #expect(try !RuleFile.parse(text, file: file).isEmpty)
        }
    }

    @Test(
        "A mistake is named with file and line",
        arguments: [
            ("  - {alert: A}\n", "bad.yaml:5: a rule needs an `expr`"),
            ("  - {alert: A, record: b, expr: up}\n", "bad.yaml:5: a rule needs either"),
            ("  - alert: A\n    expr: up ==\n", "bad.yaml:6: `expr` of \"A\""),
            ("  - alert: A\n    expr: up\n    for: soon\n", "bad.yaml:7: `for`"),
            ("  - alert: A\n    expr: up\n    four: 1s\n", "bad.yaml:7: a rule has no key \"four\""),
            ("  - record: a b\n    expr: up\n", "bad.yaml:5: \"a b\" is no metric name"),
            ("  - alert: A\n    expr: up\n    annotations: {s: '{{ range }}'}\n", "bad.yaml:7: `annotations.s`"),
            ("  - alert: A\n    expr: up\n    labels: {alertname: x}\n", "bad.yaml:7: \"alertname\" can't"),
            ("  - [\n", "bad.yaml"),
        ])
    func mistakes(rule: String, expected: String) {
        let text = "groups:\n- name: g\n  interval: 10s\n  rules:\n" + rule
        let error = #expect(throws: AlertingError.self) { _ = try RuleFile.parse(text, file: "bad.yaml") }
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }

    @Test(
        "Templates are filled in",
        arguments: [
            ("{{ $labels.role }} at {{ $value }}", "web at 0.9"),
            ("{{ $value | humanizePercentage }}", "90%"), ("{{ printf \"%.2f\" $value }}", "0.90"),
            ("{{ $labels.none }}x", "x"), ("{{ humanize $value }}", "900m"), ("{{ $labels.role | toUpper }}", "WEB"),
        ])
    func templates(source: String, expected: String) throws {
        #expect(try Template(source).expand(labels: ["role": "web"], value: 0.9) == expected)
    }

    @Test(
        "An alert goes through its states in time",
        arguments: [
            ([1, 1, 1, 1], "pending pending firing firing"), ([1, 0, 1, 1], "pending - pending pending"),
            ([1, 1, 1, 0, 0, 0], "pending pending firing firing firing resolved"),
            ([1, 1, 1, 0, 1, 0, 0, 0], "pending pending firing firing firing firing firing resolved"),
        ])
    func states(inputs: [Int], expected: String) throws {
        let rule = try #require(try Self.group(Self.simple).rules.first)
        var evaluator = RuleEvaluator(key: "k", rule: rule)
        var states: [String] = []
        for (index, input) in inputs.enumerated() {
            _ = try evaluator.evaluate(input == 1 ? [RuleElement(["role": "web"], 1)] : [], at: Int64(index) * 10_000)
            states.append(evaluator.records.values.first?.alert.state.rawValue ?? "-")
        }
        #expect(states.joined(separator: " ") == expected)
    }

    @Test("Two elements with one set of labels are an error")
    func duplicates() throws {
        let rule = try #require(try Self.group(Self.simple).rules.first)
        var evaluator = RuleEvaluator(key: "k", rule: rule)
        #expect(throws: AlertingError.self) {
            _ = try evaluator.evaluate([RuleElement(["__name__": "a"], 1), RuleElement(["__name__": "b"], 1)], at: 0)
        }
    }
}
