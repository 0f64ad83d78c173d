internal import Telemetry

/// Finds series by label: the head has one in memory, each block one on disk. Lists are ascending and without repetition.
protocol PostingsIndex {
    /// All series.
    var everySeries: [UInt32] { get }
    /// The series that have the label with this value.
    func postings(_ name: String, _ value: String) -> [UInt32]
    /// The values that a label takes.
    func values(of name: String) -> [String]
}

extension PostingsIndex {
    /// The series that pass all matchers: lists are intersected smallest first, then those that must not match are taken away.
    func series(matching matchers: [LabelMatcher]) -> [UInt32] {
        var lists: [[UInt32]] = []
        var excluded: [[UInt32]] = []
        for matcher in matchers {
            if matcher.matchesEmpty {
                for value in values(of: matcher.name) where !matcher.matches(value) {
                    excluded.append(postings(matcher.name, value))
                }
            } else if matcher.operation == .equal {
                lists.append(postings(matcher.name, matcher.value))
            } else {
                let found = values(of: matcher.name).filter { matcher.matches($0) }.map { postings(matcher.name, $0) }
                lists.append(found.count == 1 ? found[0] : found.flatMap { $0 }.sorted())
            }
            if lists.last?.isEmpty == true { return [] }
        }
        lists.sort { $0.count < $1.count }
        var result = lists.first ?? everySeries
        for list in lists.dropFirst() { result = intersection(result, list) }
        guard !excluded.isEmpty else { return result }
        let unwanted = Set(excluded.flatMap { $0 })
        return result.filter { !unwanted.contains($0) }
    }

    private func intersection(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var other = 0
        for series in left {
            while other < right.count, right[other] < series { other += 1 }
            if other < right.count, right[other] == series { result.append(series) }
        }
        return result
    }
}
