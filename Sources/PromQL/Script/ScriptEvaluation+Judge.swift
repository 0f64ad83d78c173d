import Telemetry

extension ScriptEvaluation {
    /// Compares an answer with what is expected.
    func judge(_ result: QueryResult) -> PromQLScriptOutcome.Verdict {
        if expects(.fail) { return .failed(expected: "an error", got: ScriptEvaluation.text(result.value)) }
        if let problem = judgeNotes(.warn, .noWarn, result.warnings) ?? judgeNotes(.info, .noInfo, result.infos) {
            return problem
        }
        let problem: String?
        switch result.value {
        case .scalar(let sample): problem = judgeScalar(sample.value)
        case .string(_, let text):
            problem = expectations.contains { $0.kind == .string && $0.message == text } ? nil : "string"
        case .vector(let elements): problem = judgeVector(elements)
        case .matrix(let matrix): problem = judgeMatrix(matrix)
        }
        guard let problem else { return .passed }
        let expected = series.map(\.text) + (scalar.map { [NumberText.format($0)] } ?? [])
        return .failed(
            expected: "\(problem): " + (expected.isEmpty ? "nothing" : expected.joined(separator: "; ")),
            got: ScriptEvaluation.text(result.value))
    }

    private func judgeNotes(
        _ wanted: Expectation.Kind, _ unwanted: Expectation.Kind, _ notes: [String]
    ) -> PromQLScriptOutcome.Verdict? {
        let expected = expectations.filter { $0.kind == wanted }
        if expects(unwanted), !notes.isEmpty { return .failed(expected: unwanted.rawValue, got: "\(notes)") }
        guard !expected.isEmpty else { return nil }
        let allFound = expected.allSatisfy { expectation in notes.contains(where: expectation.accepts) }
        let allExpected = notes.allSatisfy { note in expected.contains { $0.accepts(note) } }
        if allFound, allExpected, !notes.isEmpty { return nil }
        return .failed(expected: "\(wanted.rawValue) \(expected.compactMap(\.message))", got: "\(notes)")
    }

    private func judgeScalar(_ value: Double) -> String? {
        guard let scalar else { return "scalar" }
        return ScriptEvaluation.areClose(scalar, value) ? nil : "value"
    }

    private func judgeVector(_ elements: [VectorElement]) -> String? {
        guard elements.count == series.count else { return "number of series" }
        for (index, expected) in series.enumerated() {
            guard let point = expected.series.points.first else { return "value of \(expected.text)" }
            let found = elements.firstIndex { $0.labels == expected.series.labels }
            guard let found, ScriptEvaluation.matches(point, elements[found].value, elements[found].histogram) else {
                return "series \(expected.text)"
            }
            if expects(.ordered), found != index { return "order" }
        }
        return nil
    }

    private func judgeMatrix(_ matrix: [MatrixSeries]) -> String? {
        let wanted = series.filter { one in
            one.series.points.contains { if case .missing = $0 { false } else { true } }
        }
        guard matrix.count == wanted.count else { return "number of series" }
        let (start, step): (Milliseconds, Milliseconds)
        switch time {
        case .instant: (start, step) = rangeVector ?? (0, 1)
        case .range(let from, _, let by): (start, step) = (from, by)
        }
        for expected in wanted {
            guard let found = matrix.first(where: { $0.labels == expected.series.labels })?.columns else {
                return "series \(expected.text)"
            }
            var place = 0
            for (index, point) in expected.series.points.enumerated() {
                if case .missing = point { continue }
                guard place < found.count, found.timestamps[place] == start + step * Milliseconds(index),
                    ScriptEvaluation.matches(
                        point, found.values[place], found.hasHistograms ? found.histograms[place] : nil)
                else { return "points of \(expected.text)" }
                place += 1
            }
            if place != found.count { return "points of \(expected.text)" }
        }
        return nil
    }

    /// Whether a sample is what was expected.
    private static func matches(_ point: ScriptSeries.Point, _ value: Double, _ histogram: NativeHistogram?) -> Bool {
        switch (point, histogram) {
        case (.value(let wanted), nil): areClose(wanted, value)
        case (.histogram(let wanted, let hasHint), let histogram?):
            areClose(wanted, histogram) && (!hasHint || wanted.resetHint == histogram.resetHint)
        default: false
        }
    }

    /// Equal but for rounding, hint and empty buckets.
    static func areClose(_ left: NativeHistogram, _ right: NativeHistogram) -> Bool {
        func areClose(_ left: HistogramBuckets, _ right: HistogramBuckets) -> Bool {
            var result = true
            HistogramBuckets.forEachPair(left, right) { _, a, b in
                if !ScriptEvaluation.areClose(a, b) { result = false }
            }
            return result
        }
        return left.schema == right.schema && ScriptEvaluation.areClose(left.count, right.count)
            && ScriptEvaluation.areClose(left.sum, right.sum)
            && ScriptEvaluation.areClose(left.zeroThreshold, right.zeroThreshold)
            && ScriptEvaluation.areClose(left.zeroCount, right.zeroCount) && left.customBounds == right.customBounds
            && areClose(left.positive, right.positive) && areClose(left.negative, right.negative)
    }

    /// Equal but for rounding, as Prometheus' tests compare.
    static func areClose(_ left: Double, _ right: Double) -> Bool {
        if left == right || (left.isNaN && right.isNaN) { return true }
        let difference = (left - right).magnitude
        let sum = left.magnitude + right.magnitude
        if left == 0 || right == 0 || sum < Double.leastNormalMagnitude { return difference < 1e-6 * .leastNormalMagnitude }
        return difference / min(sum, .greatestFiniteMagnitude) < 1e-6
    }

    static func text(_ value: QueryValue) -> String {
        func text(_ value: Double, _ histogram: NativeHistogram?) -> String {
            histogram.map(ScriptHistogram.text) ?? NumberText.format(value)
        }
        return switch value {
        case .scalar(let sample): NumberText.format(sample.value)
        case .string(_, let text): StringLiteral.quoted(text)
        case .vector(let elements):
            elements.map { "\($0.labels) \(text($0.value, $0.histogram))" }.joined(separator: "; ")
        case .matrix(let matrix):
            matrix.map { series in
                let columns = series.columns
                let points = columns.timestamps.indices.map { index in
                    let histogram = columns.hasHistograms ? columns.histograms[index] : nil
                    return "\(text(columns.values[index], histogram))@\(columns.timestamps[index])"
                }
                return "\(series.labels) " + points.joined(separator: " ")
            }.joined(separator: "; ")
        }
    }
}
