import RegularExpressions
import Telemetry

/// One `eval` of a script with what it expects.
struct ScriptEvaluation: Sendable {
    enum Time: Sendable {
        case instant(Milliseconds)
        case range(Milliseconds, Milliseconds, step: Milliseconds)
    }

    /// An `expect` line.
    struct Expectation: Sendable {
        enum Kind: String, Sendable {
            case fail, warn, info, ordered
            case noWarn = "no_warn"
            case noInfo = "no_info"
            case string
            case rangeVector = "range"
        }

        var kind: Kind
        var message: String?
        var isRegex = false
    }

    let line: Int
    let query: String
    let time: Time
    var expectations: [Expectation] = []
    /// Expected series; one without labels' text is a scalar.
    var series: [(text: String, series: ScriptSeries)] = []
    var scalar: Double?
    /// For an expected range vector: time of the first point and distance of points.
    var rangeVector: (start: Milliseconds, step: Milliseconds)?

    init(line: Int, query: String, time: Time) {
        self.line = line
        self.query = query
        self.time = time
    }

    /// Reads a line below the `eval`.
    mutating func addExpectation(_ text: Substring, or failure: PromQLScriptError) throws(PromQLScriptError) {
        func bad(_ message: String) -> PromQLScriptError {
            PromQLScriptError(file: failure.file, line: failure.line, message: message)
        }
        if text.hasPrefix("expect ") || text == "expect" {
            return try addExpect(text.dropFirst(6).trimmed, bad)
        }
        if let value = NumberReader.signedNumber(text) {
            scalar = value
            return
        }
        do {
            series.append((String(text), try ScriptSeriesParser.parse(String(text))))
        } catch {
            throw bad(error.message)
        }
    }

    private mutating func addExpect(
        _ text: Substring, _ bad: (String) -> PromQLScriptError
    ) throws(PromQLScriptError) {
        let word = text.prefix { !$0.isWhitespace }
        let rest = text.dropFirst(word.count).trimmed
        guard let kind = Expectation.Kind(rawValue: String(word)) else { throw bad("unknown expectation \"\(word)\"") }
        var expectation = Expectation(kind: kind)
        if rest.hasPrefix("msg:") {
            expectation.message = String(rest.dropFirst(4).trimmed)
        } else if rest.hasPrefix("regex:") {
            expectation.message = String(rest.dropFirst(6).trimmed)
            expectation.isRegex = true
        } else if kind == .string {
            guard case .string(let text)? = (try? PromQLParser.parse(String(rest)))?.kind else { throw bad("expected a string") }
            expectation.message = text
        } else if kind == .rangeVector {
            let words = rest.split(whereSeparator: \.isWhitespace)
            guard words.count == 7, let start = NumberReader.duration(String(words[2])),
                let step = NumberReader.duration(String(words[6]))
            else { throw bad("expected: expect range vector from TIME to TIME step DURATION") }
            rangeVector = (start, step)
        }
        expectations.append(expectation)
    }

    func expects(_ kind: Expectation.Kind) -> Bool { expectations.contains { $0.kind == kind } }

    /// Runs the query and compares.
    func run(on source: ScriptSeriesSource, _ options: PromQLEngine.Options) -> PromQLScriptOutcome.Verdict {
        let engine = PromQLEngine(source: source, options: options)
        do {
            let result: QueryResult
            switch time {
            case .instant(let time): result = try engine.instant(query, at: time)
            case .range(let start, let end, let step):
                result = try engine.range(query, from: start, through: end, step: step)
            }
            return judge(result)
        } catch {
            return error.code == .unsupported ? .leftOut(error.message) : judge(error)
        }
    }

    private func judge(_ error: PromQLError) -> PromQLScriptOutcome.Verdict {
        let failures = expectations.filter { $0.kind == .fail }
        guard !failures.isEmpty else { return .failed(expected: "success", got: "error: \(error)") }
        for failure in failures where !failure.accepts(error.message) {
            return .failed(expected: "error: \(failure.message ?? "")", got: "error: \(error.message)")
        }
        return .passed
    }
}

extension ScriptEvaluation.Expectation {
    /// Whether a message is the expected one; anything is where none is named.
    func accepts(_ text: String) -> Bool {
        guard let message else { return true }
        guard isRegex else { return text == message }
        // A pattern that is none accepts nothing, so the case fails and shows it.
        return (try? LinearRegex(message))?.matchesAnywhere(text) ?? false
    }
}
