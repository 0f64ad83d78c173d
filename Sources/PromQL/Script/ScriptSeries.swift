import Telemetry

/// A series and its values as a script writes them: `x{a="b"} 1 2+3x4 _ stale`.
struct ScriptSeries: Sendable {
    /// One point of a series.
    enum Point: Sendable, Equatable {
        case value(Double)
        case missing
        case stale
        /// A native histogram, and whether its hint of a reset was written down.
        case histogram(NativeHistogram, hasHint: Bool)
    }

    var labels: Labels
    var points: [Point]
    /// Time between points.
    var interval: Milliseconds = 0
    /// Time of the first point.
    var start: Milliseconds = 0
    /// For each point when its counter began, from the time of the point; from a line of its own, whose labels end in `@st`.
    var starts: [Milliseconds?] = []

    /// Most points that one series may be written to have.
    static let maximumPoints = 1_000_000
}

/// Reads series descriptions.
struct ScriptSeriesParser {
    struct Failure: Error { var message: String }

    /// A whole description, for instance `x{a="b"} 1 2 3`.
    static func parse(_ text: String) throws(Failure) -> ScriptSeries {
        let split = splitPoint(text)
        let labels = try labels(String(text[..<split]))
        return ScriptSeries(labels: labels, points: try points(text[split...]))
    }

    /// Labels as in a selector with equalities only; `{}` and nothing before it mean no labels.
    private static func labels(_ text: String) throws(Failure) -> Labels {
        let trimmed = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if trimmed.isEmpty || trimmed == "{}" { return .empty }
        do {
            var parser = try ExpressionParser(text)
            guard case .selector(let selector) = try parser.expression().kind else { throw Failure(message: "expected a series") }
            try parser.expectEnd()
            return Labels(selector.matchers.map { Label($0.name, $0.value) })
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(message: "bad series \(trimmed): \(error)")
        }
    }

    /// Where the labels end: at the first blank outside of braces and quotes.
    private static func splitPoint(_ text: String) -> String.Index {
        var quote: Character?
        var depth = 0
        var escaped = false
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            if let open = quote {
                if escaped {
                    escaped = false
                } else if character == "\\" {
                    escaped = true
                } else if character == open {
                    quote = nil
                }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "{" {
                depth += 1
            } else if character == "}" {
                depth -= 1
            } else if character.isWhitespace, depth == 0 {
                let rest = text[index...].drop(while: \.isWhitespace)
                // A blank may stand between a name and its braces.
                if !(rest.first == "{" && !rest.hasPrefix("{{")) { return index }
                index = rest.startIndex
                continue
            }
            index = text.index(after: index)
        }
        return index
    }

    /// Values with their repetitions.
    static func points(_ text: Substring) throws(Failure) -> [ScriptSeries.Point] {
        var points: [ScriptSeries.Point] = []
        for word in words(text) {
            if word.hasPrefix("{{") {
                points += try ScriptHistogram.points(word)
            } else {
                points += try expand(word)
            }
            guard points.count <= ScriptSeries.maximumPoints else { throw Failure(message: "too many points") }
        }
        return points
    }

    /// Splits at blanks, except within `{{ }}`.
    static func words(_ text: Substring) -> [Substring] {
        var words: [Substring] = []
        var rest = text.drop(while: \.isWhitespace)
        while !rest.isEmpty {
            var depth = 0
            var end = rest.startIndex
            while end < rest.endIndex, depth > 0 || !rest[end].isWhitespace {
                if rest[end] == "{" { depth += 1 }
                if rest[end] == "}" { depth -= 1 }
                end = rest.index(after: end)
            }
            words.append(rest[..<end])
            rest = rest[end...].drop(while: \.isWhitespace)
        }
        return words
    }

    static func repetitions(_ text: Substring) throws(Failure) -> Int {
        guard let count = Int(text), count >= 0, count <= ScriptSeries.maximumPoints else {
            throw Failure(message: "bad repetition \"x\(text)\"")
        }
        return count
    }

    /// `5`, `5x3`, `1+2x3`, `1-2x3`, `_`, `_x3`, `stale`.
    private static func expand(_ word: Substring) throws(Failure) -> [ScriptSeries.Point] {
        if word == "_" { return [.missing] }
        if word == "stale" { return [.stale] }
        if word.hasPrefix("_x") { return Array(repeating: .missing, count: try repetitions(word.dropFirst(2))) }
        // An x always repeats here: 0x59 is sixty zeros, not a hexadecimal number.
        guard let cross = word.lastIndex(of: "x") else {
            guard let value = NumberReader.signedNumber(word) else { throw Failure(message: "bad value \"\(word)\"") }
            return [.value(value)]
        }
        let count = try repetitions(word[word.index(after: cross)...])
        let series = word[..<cross]
        if let value = NumberReader.signedNumber(series) { return Array(repeating: .value(value), count: count + 1) }
        // The sign of the step is the last one that does not belong to an exponent.
        for index in series.indices.reversed() where series[index] == "+" || series[index] == "-" {
            guard let start = NumberReader.signedNumber(series[..<index]), let step = NumberReader.signedNumber(series[index...])
            else { continue }
            var value = start
            return (0...count).map { _ in
                defer { value += step }
                return .value(value)
            }
        }
        throw Failure(message: "bad value \"\(word)\"")
    }
}
