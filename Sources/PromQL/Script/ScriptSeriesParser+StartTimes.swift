import Telemetry

extension ScriptSeriesParser {
    /// A line of start timestamps, `x{a="b"}@st -30s-1mx2 _ 1ms`; nil if it is none. Times count from that of the sample.
    static func startTimes(_ text: String) throws(Failure) -> (Labels, [Milliseconds?])? {
        guard let mark = text[...].range(of: "@st"), text[mark.upperBound...].first?.isWhitespace ?? true else { return nil }
        var times: [Milliseconds?] = []
        for word in words(text[mark.upperBound...]) {
            times += try startTimes(of: word)
            guard times.count <= ScriptSeries.maximumPoints else { throw Failure(message: "too many points") }
        }
        return (try parse(String(text[..<mark.lowerBound])).labels, times)
    }

    /// `_`, `_x3`, `-30s`, `-30sx3`, `-30s-1mx3`.
    private static func startTimes(of word: Substring) throws(Failure) -> [Milliseconds?] {
        if word == "_" { return [nil] }
        if word.hasPrefix("_x") { return Array(repeating: nil, count: try repetitions(word.dropFirst(2))) }
        var (series, count) = (word, 0)
        if let cross = word.lastIndex(of: "x") {
            count = try repetitions(word[word.index(after: cross)...])
            series = word[..<cross]
        }
        let split = series.indices.dropFirst().last { series[$0] == "+" || series[$0] == "-" } ?? series.endIndex
        let first = try signedDuration(series[..<split])
        let step = split == series.endIndex ? 0 : try signedDuration(series[split...])
        return (0...count).map { first + step * Milliseconds($0) }
    }

    private static func signedDuration(_ text: Substring) throws(Failure) -> Milliseconds {
        let negative = text.hasPrefix("-")
        let plain = String(negative || text.hasPrefix("+") ? text.dropFirst() : text)
        guard let duration = try? PromQLParser.parseDuration(plain) else { throw Failure(message: "bad time \"\(text)\"") }
        return negative ? -duration : duration
    }
}
