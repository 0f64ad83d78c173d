import RegularExpressions
import Telemetry

/// Runs scripts and tells which of their evaluations came out as they should.
package struct LogScriptRunner {
    /// What became of one evaluation.
    package enum Outcome: Sendable, Equatable {
        case passed
        /// Came out otherwise, and how.
        case failed(String)
        /// Uses what is not available, and what that is.
        case leftOut(String)
    }

    /// One evaluation's place and outcome.
    package struct Report: Sendable {
        /// Line of the script, counted from 1.
        package let lineNumber: Int
        package let query: String
        package let outcome: Outcome
    }

    private var source = MemoryLogSource()

    package init() {}

    /// Runs a script's commands in order.
    package mutating func run(_ script: LogScript) -> [Report] {
        var reports: [Report] = []
        for command in script.commands {
            switch command {
            case .clear: source = MemoryLogSource()
            case .load(let lines): for line in lines { load(line) }
            case .evaluate(let evaluation):
                reports.append(
                    Report(lineNumber: evaluation.lineNumber, query: evaluation.query, outcome: outcome(of: evaluation)))
            }
        }
        return reports
    }

    private mutating func load(_ load: LogScript.LoadLine) {
        let parts = load.line.split(separator: "{{.i}}", omittingEmptySubsequences: false)
        for position in 0..<load.count {
            let row = LogRow(
                timestamp: load.start &+ Int64(position) &* load.step,
                line: Array(parts.joined(separator: "\(position)").utf8)[...],
                metadata: load.metadata)
            source.append(load.stream, row)
        }
    }

    private func outcome(of evaluation: LogScript.Evaluation) -> Outcome {
        let engine = LogQLEngine(source: source)
        do throws(LogQLError) {
            let result =
                evaluation.isInstant
                ? try engine.instant(evaluation.query, at: evaluation.from)
                : try engine.range(evaluation.query, from: evaluation.from, to: evaluation.to, step: evaluation.step)
            return compare(result, evaluation)
        } catch {
            return judge(error, evaluation)
        }
    }

    private func judge(_ error: LogQLError, _ evaluation: LogScript.Evaluation) -> Outcome {
        guard case .failure(let substring, let regex) = evaluation.expectation else {
            return error.code == .unsupported ? .leftOut(error.message) : .failed("fails: \(error)")
        }
        if let substring, !error.description.contains(substring) {
            return .failed("fails with \"\(error)\", not with \"\(substring)\"")
        }
        if let regex {
            guard let expression = try? LinearRegex(regex) else { return .failed("the script's expression is invalid: \(regex)") }
            if !expression.matchesAnywhere(error.description) { return .failed("fails with \"\(error)\", not with \(regex)") }
        }
        return .passed
    }

    private func compare(_ result: LogQLResult, _ evaluation: LogScript.Evaluation) -> Outcome {
        let actual: [(labels: Labels, values: [Double?])]
        switch result {
        case .streams: return .failed("gives log entries")
        case .scalar(_, let value):
            guard case .scalar(let expected) = evaluation.expectation, isSame(value, expected) else {
                return .failed("gives the number \(value)")
            }
            return .passed
        case .vector(let elements): actual = elements.map { ($0.labels, [$0.value]) }
        case .matrix(let series): actual = series.map { ($0.labels, values($0, evaluation)) }
        }
        switch evaluation.expectation {
        case .empty: return actual.isEmpty ? .passed : .failed("gives \(actual.count) series: \(describe(actual))")
        case .failure: return .failed("does not fail: \(describe(actual))")
        case .scalar: return .failed("gives series: \(describe(actual))")
        case .series(let expected):
            let (left, right) = evaluation.isOrdered ? (actual, expected) : (sorted(actual), sorted(expected))
            let isEqual =
                left.count == right.count
                && zip(left, right).allSatisfy { one, other in
                    one.labels == other.labels && one.values.count == other.values.count
                        && zip(one.values, other.values).allSatisfy { isSame($0, $1) }
                }
            return isEqual ? .passed : .failed("gives \(describe(left)), not \(describe(right))")
        }
    }

    private func values(_ series: LogMatrixSeries, _ evaluation: LogScript.Evaluation) -> [Double?] {
        let byTime = Dictionary(series.points.map { ($0.timestamp, $0.value) }, uniquingKeysWith: { $1 })
        return stride(from: evaluation.from, through: evaluation.to, by: Int(evaluation.step)).map { byTime[$0] }
    }

    private func sorted(_ series: [(labels: Labels, values: [Double?])]) -> [(labels: Labels, values: [Double?])] {
        series.sorted { $0.labels < $1.labels }
    }

    /// Equal up to what the order of additions may change.
    private func isSame(_ left: Double?, _ right: Double?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
        return left == right || abs(left - right) <= 1e-9 * max(abs(left), abs(right))
    }

    private func describe(_ series: [(labels: Labels, values: [Double?])]) -> String {
        series.map { one in "\(one.labels) " + one.values.map { $0.map { "\($0)" } ?? "_" }.joined(separator: " ") }
            .joined(separator: "; ")
    }
}
