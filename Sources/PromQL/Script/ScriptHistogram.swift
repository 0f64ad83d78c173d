import Telemetry

/// Native histograms as scripts write them: `{{schema:1 sum:3 count:22 buckets:[5 10 7]}}`, alone, repeated (`x4`), or rising (`+{{…}}x4`).
enum ScriptHistogram {
    typealias Failure = ScriptSeriesParser.Failure

    /// Most buckets that one rising series may have, over all its points.
    static let maximumSeriesBuckets = 10_000_000

    /// The points of one word.
    static func points(_ word: Substring) throws(Failure) -> [ScriptSeries.Point] {
        guard let end = word.range(of: "}}") else { throw Failure(message: "histogram without \"}}\"") }
        let (first, hasHint) = try histogram(word[word.index(word.startIndex, offsetBy: 2)..<end.lowerBound])
        let rest = word[end.upperBound...]
        if rest.isEmpty { return [.histogram(first, hasHint: hasHint)] }
        if rest.hasPrefix("x") {
            let count = try ScriptSeriesParser.repetitions(rest.dropFirst())
            return Array(repeating: .histogram(first, hasHint: hasHint), count: count + 1)
        }
        guard rest.hasPrefix("+{{") || rest.hasPrefix("-{{"), let end = rest.range(of: "}}"),
            rest[end.upperBound...].hasPrefix("x")
        else { throw Failure(message: "expected x, +{{…}}x or -{{…}}x behind a histogram, got \"\(rest)\"") }
        let (step, _) = try histogram(rest[rest.index(rest.startIndex, offsetBy: 3)..<end.lowerBound])
        let count = try ScriptSeriesParser.repetitions(rest[end.upperBound...].dropFirst())
        return try series(from: first, step: step.scaled(by: rest.hasPrefix("-") ? -1 : 1), count, hasHint)
    }

    private static func series(
        from first: NativeHistogram, step: NativeHistogram, _ count: Int, _ hasHint: Bool
    ) throws(Failure) -> [ScriptSeries.Point] {
        let buckets = first.positive.count + first.negative.count + step.positive.count + step.negative.count
        guard buckets * count <= maximumSeriesBuckets else { throw Failure(message: "too many buckets in a series") }
        var histogram = first
        var points: [ScriptSeries.Point] = [.histogram(first, hasHint: hasHint)]
        for _ in 0..<count {
            do {
                try histogram.add(step)
            } catch {
                throw Failure(message: "the histograms have different kinds of buckets")
            }
            histogram.resetHint = first.resetHint
            points.append(.histogram(histogram.compacted, hasHint: hasHint))
        }
        return points
    }

    /// What stands between the braces.
    private static func histogram(_ text: Substring) throws(Failure) -> (NativeHistogram, hasHint: Bool) {
        var fields: [Substring: Substring] = [:]
        var rest = text.trimmed
        while !rest.isEmpty {
            guard let colon = rest.firstIndex(of: ":") else { throw Failure(message: "expected KEY:VALUE, got \"\(rest)\"") }
            let key = rest[..<colon].trimmed
            rest = rest[rest.index(after: colon)...].trimmed
            let value: Substring
            if rest.hasPrefix("[") {
                guard let close = rest.firstIndex(of: "]") else { throw Failure(message: "list without \"]\"") }
                value = rest[rest.index(after: rest.startIndex)..<close]
                rest = rest[rest.index(after: close)...].trimmed
            } else {
                value = rest.prefix { !$0.isWhitespace }
                rest = rest.dropFirst(value.count).trimmed
            }
            guard fields.updateValue(value, forKey: key) == nil else { throw Failure(message: "\(key) is set twice") }
        }
        let histogram = try Fields(fields).histogram()
        return (histogram, fields["counter_reset_hint"] != nil)
    }

    /// Keys and values, each still as it was written.
    private struct Fields {
        private static let known: Set<Substring> = [
            "schema", "sum", "count", "z_bucket", "z_bucket_w", "buckets", "n_buckets", "offset", "n_offset", "custom_values",
            "counter_reset_hint",
        ]

        let fields: [Substring: Substring]

        init(_ fields: [Substring: Substring]) throws(Failure) {
            if let unknown = fields.keys.first(where: { !Fields.known.contains($0) }) {
                throw Failure(message: "a histogram has no \"\(unknown)\"")
            }
            self.fields = fields
        }

        func histogram() throws(Failure) -> NativeHistogram {
            let schema = try integer("schema")
            guard let schema = Int8(exactly: schema) else { throw Failure(message: "bad schema \(schema)") }
            var histogram = NativeHistogram(
                schema: schema, count: try number("count"), sum: try number("sum"), positive: try buckets("buckets", "offset"),
                negative: try buckets("n_buckets", "n_offset"), customBounds: try list("custom_values"))
            histogram.zeroCount = try number("z_bucket")
            histogram.zeroThreshold = try number("z_bucket_w")
            if let hint = fields["counter_reset_hint"] {
                guard let hint = NativeHistogram.ResetHint(rawValue: String(hint)) else {
                    throw Failure(message: "there is no counter_reset_hint \"\(hint)\"")
                }
                histogram.resetHint = hint
            }
            guard histogram.isValid else { throw Failure(message: "such a histogram can't be: \(histogram)") }
            return histogram
        }

        private func number(_ key: Substring) throws(Failure) -> Double {
            guard let text = fields[key] else { return 0 }
            guard let value = NumberReader.signedNumber(text) else { throw Failure(message: "bad number \"\(text)\"") }
            return value
        }

        private func integer(_ key: Substring) throws(Failure) -> Int32 {
            guard let text = fields[key] else { return 0 }
            guard let value = Int32(text) else { throw Failure(message: "bad integer \"\(text)\"") }
            return value
        }

        private func list(_ key: Substring) throws(Failure) -> [Double] {
            try (fields[key] ?? "").split(whereSeparator: \.isWhitespace).map { (word) throws(Failure) in
                guard let value = NumberReader.signedNumber(word) else { throw Failure(message: "bad number \"\(word)\"") }
                return value
            }
        }

        private func buckets(_ key: Substring, _ offset: Substring) throws(Failure) -> HistogramBuckets {
            let counts = try list(key)
            guard counts.count <= NativeHistogram.maximumBuckets else { throw Failure(message: "too many buckets") }
            return HistogramBuckets(startingAt: try integer(offset), counts)
        }
    }

    /// A histogram as a script would write it, empty buckets left out where they need not be there.
    static func text(_ histogram: NativeHistogram) -> String {
        func list(_ buckets: HistogramBuckets, _ key: String, _ offset: String) -> [String] {
            let buckets = buckets.compacted
            guard let first = buckets.indexes.first, let last = buckets.indexes.last else { return [] }
            var counts = Array(repeating: 0.0, count: min(Int(last) - Int(first) + 1, NativeHistogram.maximumBuckets))
            for (index, count) in zip(buckets.indexes, buckets.counts) where Int(index) - Int(first) < counts.count {
                counts[Int(index) - Int(first)] = count
            }
            let values = counts.map(NumberText.format).joined(separator: " ")
            return ["\(offset):\(first)", "\(key):[\(values)]"]
        }
        var parts = [
            "schema:\(histogram.schema)", "count:\(NumberText.format(histogram.count))",
            "sum:\(NumberText.format(histogram.sum))", "z_bucket:\(NumberText.format(histogram.zeroCount))",
            "z_bucket_w:\(NumberText.format(histogram.zeroThreshold))",
        ]
        if histogram.isCustom {
            parts.append("custom_values:[\(histogram.customBounds.map(NumberText.format).joined(separator: " "))]")
        }
        parts += list(histogram.positive, "buckets", "offset") + list(histogram.negative, "n_buckets", "n_offset")
        parts.append("counter_reset_hint:\(histogram.resetHint.rawValue)")
        return "{{\(parts.joined(separator: " "))}}"
    }
}

extension Substring {
    /// Where a text first stands, if it does.
    func range(of text: String) -> Range<Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) { return index..<self.index(index, offsetBy: text.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
