import PromQL
import StateStore
import Telemetry

extension RuleTestFile {
    /// Runs every test over rules that the caller has read from ``ruleFiles``. Each test begins with empty stores.
    package func run(_ groups: [RuleGroup]) -> [RuleTestOutcome] {
        tests.flatMap { one in
            var test = RuleTestRun(test: one, file: self, groups: groups)
            do {
                return try test.run()
            } catch {
                let place = "\(file):\(one.line): \(one.name.isEmpty ? "the test" : one.name)"
                return [RuleTestOutcome(place: place, verdict: .failed(expected: "rules that evaluate", got: "\(error)"))]
            }
        }
    }
}

/// One test under way: its series, and the states of its rules.
private struct RuleTestRun {
    let test: RuleTest
    let file: RuleTestFile
    let groups: [RuleGroup]
    private var source = ScriptSeriesSource()
    private var evaluators: [String: RuleEvaluator] = [:]
    private var written: [String: RuleSeries] = [:]
    private var outcomes: [RuleTestOutcome] = []

    init(test: RuleTest, file: RuleTestFile, groups: [RuleGroup]) {
        self.test = test
        self.file = file
        self.groups = groups
    }

    mutating func run() throws -> [RuleTestOutcome] {
        for series in test.series {
            try source.load(series.labels, values: series.values, from: test.start, every: test.interval)
        }
        var time = test.start
        while time <= test.start + test.length {
            for group in groups { try evaluate(group, at: time) }
            let next = time + file.evaluationInterval
            for check in test.alerts where test.start + check.time >= time && test.start + check.time < next { judge(check) }
            time = next
        }
        for query in test.queries { judge(query) }
        if outcomes.isEmpty { outcomes = [RuleTestOutcome(place: place(test.line, "rules evaluate"), verdict: .passed)] }
        return outcomes
    }

    private var engine: PromQLEngine {
        var options = PromQLEngine.Options()
        options.subqueryStep = file.evaluationInterval
        return PromQLEngine(source: source, options: options)
    }

    private mutating func evaluate(_ group: RuleGroup, at time: Milliseconds) throws {
        for (index, rule) in group.rules.enumerated() {
            let key = "\(group.file)/\(group.name)/\(index)"
            let elements = try engine.ruleElements(rule.expression, at: time)
            var values: [Labels: Double]
            switch rule.kind {
            case .record: values = try RuleSeries.values(of: rule, elements)
            case .alert:
                var evaluator = evaluators.removeValue(forKey: key) ?? RuleEvaluator(key: key, rule: rule)
                _ = try evaluator.evaluate(elements, at: time)
                values = RuleSeries.values(of: evaluator.records.values.map(\.alert))
                evaluators[key] = evaluator
            }
            var batch = SampleBatch()
            written[key, default: RuleSeries()].write(values, at: time, into: &batch)
            for series in batch.series {
                for sample in series.samples {
                    source.append(batch.labels(of: series), batch.values[sample], at: batch.timestamps[sample])
                }
            }
        }
    }

    private mutating func judge(_ check: RuleTest.AlertCheck) {
        let firing = evaluators.values.filter { $0.rule.name == check.name }.flatMap(\.records.values).map(\.alert)
            .filter { $0.state == .firing }
            .map { RuleTest.Firing(labels: $0.labels, annotations: $0.annotations) }
        let isGood = Set(firing) == Set(check.alerts)
        func text(_ alerts: [RuleTest.Firing]) -> String {
            let texts = alerts.map { alert in
                "\(alert.labels) \(alert.annotations.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
            }
            return texts.isEmpty ? "no alert" : texts.sorted().joined(separator: "; ")
        }
        outcomes.append(
            RuleTestOutcome(
                place: place(check.line, "alert \(check.name) at \(DurationExpression.text(check.time))"),
                verdict: isGood ? .passed : .failed(expected: text(check.alerts), got: text(firing))))
    }

    private mutating func judge(_ query: RuleTest.Query) {
        let place = place(query.line, "\(query.expression) at \(DurationExpression.text(query.time))")
        let got: [RuleTest.Sample]
        do {
            got = try samples(of: query)
        } catch {
            let verdict = RuleTestOutcome.Verdict.failed(expected: text(query.samples), got: "\(error)")
            outcomes.append(RuleTestOutcome(place: place, verdict: verdict))
            return
        }
        let isGood =
            got.count == query.samples.count
            && query.samples.allSatisfy { wanted in got.contains { $0.labels == wanted.labels && isEqual($0, wanted) } }
        outcomes.append(
            RuleTestOutcome(
                place: place, verdict: isGood ? .passed : .failed(expected: text(query.samples), got: text(got))))
    }

    private func samples(of query: RuleTest.Query) throws -> [RuleTest.Sample] {
        switch try engine.instant(query.expression, at: test.start + query.time).value {
        case .scalar(let sample): [RuleTest.Sample(labels: .empty, value: sample.value)]
        case .vector(let elements):
            elements.map { RuleTest.Sample(labels: $0.labels, value: $0.value, histogram: $0.histogram) }
        case .string, .matrix:
            throw AlertingError(.invalidRules, "\(query.expression) yields neither a vector nor a number")
        }
    }

    private func isEqual(_ left: RuleTest.Sample, _ right: RuleTest.Sample) -> Bool {
        switch (left.histogram, right.histogram) {
        case (nil, nil):
            let (a, b) = (left.value, right.value)
            return a == b || (a.isNaN && b.isNaN) || (file.isFuzzy && (a.nextUp == b || a.nextDown == b))
        case (let a?, let b?): return SeriesNotation.areAlike(a, b)
        default: return false
        }
    }

    private func text(_ samples: [RuleTest.Sample]) -> String {
        let texts = samples.map { sample in
            "\(sample.labels) \(sample.histogram.map(SeriesNotation.text) ?? NumberText.format(sample.value))"
        }
        return texts.isEmpty ? "nothing" : texts.sorted().joined(separator: "; ")
    }

    private func place(_ line: Int, _ what: String) -> String {
        "\(file.file):\(line): " + (test.name.isEmpty ? "" : "\(test.name): ") + what
    }
}
