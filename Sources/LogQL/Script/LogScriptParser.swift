import Telemetry

/// Reads scripts line by line.
struct LogScriptParser {
    private let lines: [String]
    private var index = 0

    static func parse(_ text: String) throws(LogQLError) -> [LogScript.Command] {
        var parser = LogScriptParser(
            lines: text.split(separator: "\n", omittingEmptySubsequences: false).map { withoutComment(String($0)) })
        var commands: [LogScript.Command] = []
        while let command = try parser.next() { commands.append(command) }
        return commands
    }

    /// A line up to `#`, unless that stands in quotes.
    private static func withoutComment(_ line: String) -> String {
        var quote: Character?
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "`" {
                quote = character
            } else if character == "#" {
                return String(line[..<index])
            }
        }
        return line
    }

    private func error(_ message: String) -> LogQLError {
        LogQLError(.parse, "script: \(message)", line: index, column: 1)
    }

    private mutating func next() throws(LogQLError) -> LogScript.Command? {
        while index < lines.count, lines[index].allSatisfy(\.isWhitespace) { index += 1 }
        guard index < lines.count else { return nil }
        let line = lines[index].trimmed
        index += 1
        if line == "clear" { return .clear }
        if line == "load" {
            return .load(try block().map { (text) throws(LogQLError) in try loadLine(text) })
        }
        if line.hasPrefix("eval ") { return .evaluate(try evaluation(String(line.dropFirst(5)))) }
        throw error("expected clear, load or eval: \(line)")
    }

    /// The indented lines that follow.
    private mutating func block() -> [String] {
        var found: [String] = []
        while index < lines.count, let first = lines[index].first, first.isWhitespace {
            let text = lines[index].trimmed
            // A comment alone in its line does not end the block, a blank line does.
            if text.isEmpty, lines[index].isEmpty { break }
            if !text.isEmpty { found.append(text) }
            index += 1
        }
        return found
    }

    // MARK: load

    private func loadLine(_ text: String) throws(LogQLError) -> LogScript.LoadLine {
        var scanner = ScriptScanner(text)
        guard let stream = scanner.labels(), let line = scanner.quoted(), scanner.take("@"), let start = scanner.duration() else {
            throw error("expected {labels} \"line\" @ time: \(text)")
        }
        var load = LogScript.LoadLine(stream: stream, line: line, start: start, step: 0, count: 1, metadata: .empty)
        while scanner.take("[") {
            if scanner.take("repeat") {
                guard scanner.take("every"), let step = scanner.duration(), scanner.take("for"), let count = scanner.integer(),
                    (1...LogScript.maximumRepeats).contains(count), scanner.take("]")
                else { throw error("expected [repeat every STEP for COUNT]: \(text)") }
                (load.step, load.count) = (step, count)
            } else {
                guard scanner.take("metadata"), let metadata = scanner.pairs(), scanner.take("]") else {
                    throw error("expected [metadata key=\"value\" …]: \(text)")
                }
                load.metadata = metadata
            }
        }
        guard scanner.isAtEnd else { throw error("unexpected text behind the entry: \(text)") }
        return load
    }

    // MARK: eval

    private mutating func evaluation(_ text: String) throws(LogQLError) -> LogScript.Evaluation {
        var scanner = ScriptScanner(text)
        let lineNumber = index
        var evaluation = LogScript.Evaluation(
            lineNumber: lineNumber, query: "", from: 0, to: 0, step: 0, isInstant: true, expectation: .empty, isOrdered: false)
        if scanner.take("instant") {
            guard scanner.take("at"), let time = scanner.duration() else { throw error("expected instant at TIME") }
            (evaluation.from, evaluation.to) = (time, time)
        } else {
            guard scanner.take("range"), scanner.take("from"), let from = scanner.duration(), scanner.take("to"),
                let to = scanner.duration(), scanner.take("step"), let step = scanner.duration(), step > 0, to >= from,
                !to.subtractingReportingOverflow(from).overflow
            else { throw error("expected instant at TIME, or range from TIME to TIME step STEP") }
            evaluation.isInstant = false
            (evaluation.from, evaluation.to, evaluation.step) = (from, to, step)
        }
        evaluation.query = scanner.rest
        try expectation(of: &evaluation, from: block())
        return evaluation
    }

    private func expectation(of evaluation: inout LogScript.Evaluation, from block: [String]) throws(LogQLError) {
        var series: [(labels: Labels, values: [Double?])] = []
        var isKnown = false
        let stepCount = evaluation.isInstant ? 1 : Int((evaluation.to - evaluation.from) / evaluation.step) + 1
        for text in block {
            var scanner = ScriptScanner(text)
            if scanner.take("skip") { continue }
            if scanner.take("expect") {
                if scanner.take("ordered") {
                    evaluation.isOrdered = true
                } else if scanner.take("empty") {
                    isKnown = true
                } else if scanner.take("fail") {
                    isKnown = true
                    let substring = scanner.take("msg:") ? scanner.rest : nil
                    let regex = scanner.take("regex:") ? scanner.rest : nil
                    evaluation.expectation = .failure(contains: substring, matches: regex)
                } else {
                    throw error("unknown expectation: \(text)")
                }
            } else if let labels = scanner.labels() {
                guard let values = PointList.parse(scanner.rest), values.count == stepCount else {
                    throw error("expected \(stepCount) values: \(text)")
                }
                series.append((labels, values))
            } else {
                guard let value = PointList.number(text) else { throw error("expected a series or a number: \(text)") }
                isKnown = true
                evaluation.expectation = .scalar(value)
            }
        }
        if !series.isEmpty { evaluation.expectation = .series(series) }
        guard isKnown != !series.isEmpty else { throw error("expected exactly one kind of result: \(evaluation.query)") }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
