import Foundation
import PromQL
import Telemetry
import Yams

/// A file of tests of rules, in the form of Prometheus' unit tests.
///
/// ```yaml
/// rule_files: [errors.yaml]
/// evaluation_interval: 1m
/// tests:
///   - input_series: [{series: 'errors_total{site="shop"}', values: "0+60x10"}]
///     promql_expr_test:
///       - {expr: rate(errors_total[5m]), eval_time: 5m, exp_samples: [{labels: '{site="shop"}', value: 1}]}
///     alert_rule_test:
///       - {alertname: TooManyErrors, eval_time: 5m, exp_alerts: [{exp_labels: {site: shop}}]}
/// ```
package struct RuleTestFile: Sendable {
    /// Most evaluations that one test may take.
    package static let maximumEvaluations: Int64 = 1_000_000

    /// What it is called in reports.
    package let file: String
    /// The files of rules it is about, as they are named in it.
    package var ruleFiles: [String] = []
    var evaluationInterval: Milliseconds = 60_000
    /// Whether a value may be off by its last digit.
    var isFuzzy = false
    var tests: [RuleTest] = []

    /// - Throws: one error that names every mistake, a line each.
    package init(_ text: String, file: String) throws(AlertingError) {
        self.file = file
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw AlertingError(.invalidRules, "\(file): no YAML: \(error)")
        }
        var reader = RuleTestReader(file: file)
        if let root { reader.read(root, into: &self) }
        guard reader.problems.isEmpty else {
            throw AlertingError(.invalidRules, reader.problems.joined(separator: "\n"))
        }
    }
}

/// Walks the nodes of a test file and collects what is wrong with them.
private struct RuleTestReader {
    let file: String
    var problems: [String] = []

    init(file: String) { self.file = file }

    mutating func read(_ root: Node, into target: inout RuleTestFile) {
        let keys = mapping(root, "rule_files", "evaluation_interval", "tests", "fuzzy_compare", "group_eval_order")
        target.ruleFiles = list(keys["rule_files"]).map { text($0) }
        if let node = keys["evaluation_interval"] { target.evaluationInterval = duration(node) }
        if target.evaluationInterval <= 0 { report(root, "`evaluation_interval` must be longer than 0") }
        if let node = keys["fuzzy_compare"] { target.isFuzzy = text(node) == "true" }
        let interval = target.evaluationInterval
        target.tests = list(keys["tests"]).map { test($0, interval) }
        for test in target.tests where test.length / max(interval, 1) >= RuleTestFile.maximumEvaluations {
            problems.append("\(file):\(test.line): more than \(RuleTestFile.maximumEvaluations) evaluations")
        }
    }

    private mutating func test(_ node: Node, _ interval: Milliseconds) -> RuleTest {
        let keys = mapping(
            node, "name", "interval", "start_timestamp", "input_series", "promql_expr_test", "alert_rule_test",
            "external_labels", "external_url")
        return RuleTest(
            name: keys["name"].map { text($0) } ?? "", interval: keys["interval"].map { duration($0) } ?? interval,
            start: keys["start_timestamp"].map { time($0) } ?? 0,
            series: list(keys["input_series"]).map { node in
                let keys = mapping(node, "series", "values")
                return RuleTest.Series(
                    labels: keys["series"].map { text($0) } ?? "", values: keys["values"].map { text($0) } ?? "", line: line(node)
                )
            }, queries: list(keys["promql_expr_test"]).map { query($0) },
            alerts: list(keys["alert_rule_test"]).map { alertCheck($0) }, line: line(node))
    }

    private mutating func query(_ node: Node) -> RuleTest.Query {
        let keys = mapping(node, "expr", "eval_time", "exp_samples")
        return RuleTest.Query(
            expression: keys["expr"].map { text($0) } ?? "", time: keys["eval_time"].map { duration($0) } ?? 0,
            samples: list(keys["exp_samples"]).map { sample($0) }, line: line(node))
    }

    private mutating func sample(_ node: Node) -> RuleTest.Sample {
        let keys = mapping(node, "labels", "value", "histogram")
        var sample = RuleTest.Sample(labels: .empty, value: 0)
        do {
            if let node = keys["labels"] { sample.labels = try SeriesNotation.labels(text(node)) }
            if let node = keys["histogram"] { sample.histogram = try SeriesNotation.histogram(text(node)) }
        } catch {
            report(node, "\(error)")
        }
        if let node = keys["value"] {
            let written = text(node)
            sample.value = number(written) ?? 0
            if number(written) == nil { report(node, "\"\(written)\" is no number") }
        }
        return sample
    }

    private func number(_ text: String) -> Double? {
        switch text.lowercased() {
        case "inf", "+inf", ".inf", "+.inf": .infinity
        case "-inf", "-.inf": -.infinity
        case "nan", ".nan": .nan
        default: Double(text)
        }
    }

    private mutating func alertCheck(_ node: Node) -> RuleTest.AlertCheck {
        let keys = mapping(node, "alertname", "eval_time", "exp_alerts")
        let name = keys["alertname"].map { text($0) } ?? ""
        if name.isEmpty { report(node, "an `alert_rule_test` needs an `alertname`") }
        return RuleTest.AlertCheck(
            name: name, time: keys["eval_time"].map { duration($0) } ?? 0,
            alerts: list(keys["exp_alerts"]).map { node in
                let keys = mapping(node, "exp_labels", "exp_annotations")
                let labels = texts(keys["exp_labels"])
                return RuleTest.Firing(
                    labels: Labels(labels.map { Label($0.key, $0.value) }).setting("alertname", to: name),
                    annotations: texts(keys["exp_annotations"]))
            }, line: line(node))
    }

    private mutating func mapping(_ node: Node, _ allowed: String...) -> [String: Node] {
        guard let mapping = node.mapping else {
            report(node, "expected a map of \(allowed.joined(separator: ", "))")
            return [:]
        }
        var keys: [String: Node] = [:]
        for (key, value) in mapping {
            let name = key.string ?? ""
            if !allowed.contains(name) {
                report(key, "there is no key \"\(name)\" here; there are \(allowed.joined(separator: ", "))")
            }
            keys[name] = value
        }
        return keys
    }

    private mutating func texts(_ node: Node?) -> [String: String] {
        guard let node else { return [:] }
        guard let mapping = node.mapping else {
            report(node, "expected a map of texts")
            return [:]
        }
        var texts: [String: String] = [:]
        for (key, value) in mapping { texts[text(key)] = text(value) }
        return texts
    }

    private mutating func list(_ node: Node?) -> [Node] {
        guard let node, node.null == nil else { return [] }
        guard let sequence = node.sequence else {
            report(node, "expected a list")
            return []
        }
        return Array(sequence)
    }

    private mutating func text(_ node: Node) -> String {
        guard let text = node.scalar?.string else {
            report(node, "expected a text")
            return ""
        }
        return text
    }

    private mutating func duration(_ node: Node) -> Milliseconds {
        do {
            return try PromQLParser.parseDuration(text(node))
        } catch {
            report(node, error.message)
            return 0
        }
    }

    /// Seconds since 1970, or a date with its time as in RFC 3339.
    private mutating func time(_ node: Node) -> Milliseconds {
        let written = text(node)
        if let seconds = Double(written), seconds.magnitude < 1e12 { return Milliseconds(seconds * 1000) }
        if let date = try? Date(written, strategy: .iso8601) { return Milliseconds(date.timeIntervalSince1970 * 1000) }
        report(node, "\"\(written)\" is no time; write seconds since 1970 or for instance 2024-01-01T00:00:00Z")
        return 0
    }

    private func line(_ node: Node) -> Int { node.mark?.line ?? 0 }

    private mutating func report(_ node: Node, _ message: String) { problems.append("\(file):\(line(node)): \(message)") }
}
