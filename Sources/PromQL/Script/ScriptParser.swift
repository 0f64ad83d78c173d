import Telemetry

/// Reads the commands of a script.
struct ScriptParser {
    private let file: String
    private let lines: [Substring]
    private var index = 0

    init(_ text: String, file: String) {
        self.file = file
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    mutating func commands() throws(PromQLScriptError) -> [PromQLScript.Command] {
        var commands: [PromQLScript.Command] = []
        while let line = nextLine() {
            let word = line.prefix { !$0.isWhitespace }
            if word == "clear" {
                commands.append(.clear)
            } else if word.hasPrefix("load") {
                commands += try load(line)
            } else if word.hasPrefix("eval") {
                commands.append(.evaluate(try evaluation(line)))
            } else {
                throw failure("unknown command \"\(word)\"; there are load, clear and eval")
            }
        }
        return commands
    }

    /// The next line that is neither blank nor a comment, without blanks around it.
    private mutating func nextLine() -> Substring? {
        while index < lines.count {
            let line = lines[index].trimmed
            index += 1
            if !line.isEmpty, !line.hasPrefix("#") { return line }
        }
        return nil
    }

    /// The lines that belong to a command: up to the next blank one or comment.
    private mutating func body() -> [(line: Int, text: Substring)] {
        var body: [(Int, Substring)] = []
        while index < lines.count {
            let line = lines[index].trimmed
            if line.isEmpty || line.hasPrefix("#") { break }
            index += 1
            body.append((index, line))
        }
        return body
    }

    private func failure(_ message: String, line: Int? = nil) -> PromQLScriptError {
        PromQLScriptError(file: file, line: line ?? index, message: message)
    }

    private mutating func load(_ header: Substring) throws(PromQLScriptError) -> [PromQLScript.Command] {
        let words = header.split(whereSeparator: \.isWhitespace)
        guard words.count == 2 else { throw failure("expected: load INTERVAL") }
        let interval = try duration(words[1])
        var series: [ScriptSeries] = []
        var starts: [Labels: [Milliseconds?]] = [:]
        for (line, text) in body() {
            do {
                if let (labels, times) = try ScriptSeriesParser.startTimes(String(text)) {
                    starts[labels] = times
                    continue
                }
                var one = try ScriptSeriesParser.parse(String(text))
                one.interval = interval
                series.append(one)
            } catch {
                throw failure(error.message, line: line)
            }
        }
        for index in series.indices { series[index].starts = starts[series[index].labels] ?? [] }
        if words[0] == "load_with_nhcb" { series += ScriptSeries.customBucketHistograms(of: series) }
        return [.load(series)]
    }

    private func duration(_ text: Substring) throws(PromQLScriptError) -> Milliseconds {
        let isNegative = text.hasPrefix("-")
        do {
            let duration = try PromQLParser.parseDuration(String(isNegative ? text.dropFirst() : text))
            return isNegative ? -duration : duration
        } catch {
            throw failure(error.message)
        }
    }

    private mutating func evaluation(_ header: Substring) throws(PromQLScriptError) -> ScriptEvaluation {
        let line = index
        var rest = header
        func word(_ rest: inout Substring) -> Substring {
            let word = rest.prefix { !$0.isWhitespace }
            rest = rest.dropFirst(word.count).trimmed
            return word
        }
        let command = word(&rest)
        let kind = word(&rest)
        let time: ScriptEvaluation.Time
        switch kind {
        case "instant":
            guard word(&rest) == "at" else { throw failure("expected: eval instant at TIME QUERY") }
            time = .instant(try duration(word(&rest)))
        case "range":
            let keywords = word(&rest)
            let start = try duration(word(&rest))
            let to = word(&rest)
            let end = try duration(word(&rest))
            guard keywords == "from", to == "to", word(&rest) == "step" else {
                throw failure("expected: eval range from TIME to TIME step DURATION QUERY")
            }
            time = .range(start, end, step: try duration(word(&rest)))
        default: throw failure("expected eval instant or eval range")
        }
        var evaluation = ScriptEvaluation(line: line, query: String(rest), time: time)
        switch command {
        case "eval_fail": evaluation.expectations.append(.init(kind: .fail))
        case "eval_ordered": evaluation.expectations.append(.init(kind: .ordered))
        case "eval_warn": evaluation.expectations.append(.init(kind: .warn))
        case "eval_info": evaluation.expectations.append(.init(kind: .info))
        default: break
        }
        for (line, text) in body() { try evaluation.addExpectation(text, or: failure("", line: line)) }
        return evaluation
    }
}

extension Substring {
    /// Without blanks at both ends.
    var trimmed: Substring {
        var rest = self.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
