import Telemetry

extension Evaluation {
    /// `info(v, {conditions})`: adds to each series the labels of the series that tell about its job and instance, such as `target_info`.
    func info(_ arguments: [Expression], over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        let query = try InfoQuery(arguments.count > 1 ? arguments[1] : nil)
        let base = try vector(arguments[0], over: grid)
        let identities = Set(base.rows.filter { !query.isInfo($0.labels) }.map { InfoQuery.identity(of: $0.labels) })
        // The information must be that of the time the series are of, so it is looked up where their selector looks.
        let shift = arguments[0].firstSelector?.shift ?? TimeShift()
        let sources = try infoSeries(query, shift, identities, over: grid)
        try withDistinctRows(false, to: body) { (emit) throws(PromQLError) in
            for row in base.rows {
                if query.isInfo(row.labels) {
                    try emit(row)
                } else {
                    let found = sources[InfoQuery.identity(of: row.labels)] ?? []
                    for enriched in try self.enrich(row, found, query) { try emit(enriched) }
                }
            }
        }
    }

    /// Series with information about any of the identities: where each has a sample, and when that was taken.
    private func infoSeries(
        _ query: InfoQuery, _ shift: TimeShift, _ identities: Set<Labels>, over grid: Grid
    ) throws(PromQLError) -> [Labels: [Row]] {
        var found: [Labels: [Row]] = [:]
        guard identities.contains(where: { !$0.isEmpty }) else { return found }
        let selector = VectorSelector(name: nil, conditions: query.matchers, shift: shift)
        try select(selector, at: .nowhere, over: grid, .value) { (row) throws(PromQLError) in
            guard !row.hasHistograms else {
                throw PromQLError(.execution, "info series must be floats, but \(row.labels) has histograms")
            }
        }
        try select(selector, at: .nowhere, over: grid, .timestamp) { (row) throws(PromQLError) in
            let identity = InfoQuery.identity(of: row.labels)
            if !identity.isEmpty, identities.contains(identity) { found[identity, default: []].append(row) }
        }
        return found
    }

    /// One series with the labels found, which may change over time.
    private func enrich(_ row: Row, _ sources: [Row], _ query: InfoQuery) throws(PromQLError) -> [Row] {
        var rows: [Labels: Row] = [:]
        for step in row.values.indices where row.isPresent(step) {
            // Of several series of one name the one whose sample is the newest counts.
            var newest: [String: Row] = [:]
            for source in sources where source.isPresent(step) {
                let name = source.labels.metricName ?? ""
                if let other = newest[name], other.values[step] >= source.values[step] { continue }
                newest[name] = source
            }
            guard let labels = try query.enriched(row.labels, newest.values.map(\.labels)) else { continue }
            rows[labels, default: row.emptied(labels: labels)].take(step, from: row)
        }
        return rows.sorted { $0.key < $1.key }.map(\.value)
    }
}

/// What `info` looks for.
struct InfoQuery {
    /// The labels that say what a series is about.
    static let identifyingLabels = ["instance", "job"]
    /// Where information stands unless the query names another metric.
    static let defaultName = "target_info"
    /// What names of metrics with information look like.
    static let namePattern = ".+_info"

    let matchers: [LabelMatcher]
    private let names: [LabelMatcher]
    private let data: [LabelMatcher]

    init(_ conditions: Expression?) throws(PromQLError) {
        var matchers: [LabelMatcher] = []
        if case .selector(let selector)? = conditions?.kind { matchers = selector.matchers }
        var names = matchers.filter { $0.name == Labels.metricNameLabel }
        data = matchers.filter { $0.name != Labels.metricNameLabel }
        if names.isEmpty {
            names = [.equal(Labels.metricNameLabel, InfoQuery.defaultName)]
        } else if !names.contains(where: { $0.operation == .equal || $0.operation == .matches }) {
            // Conditions that only exclude names mean: of those that are named as such metrics are.
            do {
                names.append(try LabelMatcher(Labels.metricNameLabel, .matches, InfoQuery.namePattern))
            } catch {
                throw PromQLError(.execution, "\(error)")
            }
        }
        self.names = names
        self.matchers = names + data
    }

    /// Whether a series is itself one that informs; such are left as they are.
    func isInfo(_ labels: Labels) -> Bool { names.allMatch(labels) }

    static func identity(of labels: Labels) -> Labels { labels.keeping(identifyingLabels) }

    /// A series' labels with those of what informs about it; nil if the conditions ask for a label that it then still lacks.
    func enriched(_ base: Labels, _ sources: [Labels]) throws(PromQLError) -> Labels? {
        var added: [String: String] = [:]
        for label in sources.joined() {
            if label.name == Labels.metricNameLabel || base[label.name] != nil { continue }
            guard data.isEmpty || data.contains(where: { $0.name == label.name }) else { continue }
            if let other = added[label.name], other != label.value {
                throw PromQLError(.execution, "info series disagree on the label \(StringLiteral.quoted(label.name))")
            }
            added[label.name] = label.value
        }
        if sources.isEmpty, !data.allSatisfy(\.matchesEmpty) { return nil }
        return added.isEmpty ? base : base.merging(Labels(added.map { Label($0.key, $0.value) }))
    }
}

extension Expression {
    /// The first selector in the order of the text.
    var firstSelector: VectorSelector? {
        switch kind {
        case .selector(let selector), .range(let selector, _): selector
        default: kind.children.lazy.compactMap(\.firstSelector).first
        }
    }
}
