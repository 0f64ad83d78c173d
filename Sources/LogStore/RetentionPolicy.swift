package import Telemetry

extension LogStore {
    /// How long the streams that pass a selector are kept, and how much room they may take. The first rule that a stream passes counts.
    package struct RetentionRule: Sendable {
        package var matchers: [LabelMatcher]
        /// Older entries are removed, and refused as `too_old`; nil keeps everything.
        package var age: Nanoseconds?
        /// Most bytes that blocks of these streams take on disk, all together; beyond it the oldest go. Nil sets no limit.
        package var maximumBytes: Int?

        package init(matchers: [LabelMatcher], age: Nanoseconds?, maximumBytes: Int? = nil) {
            self.matchers = matchers
            self.age = age
            self.maximumBytes = maximumBytes
        }
    }
}

/// Which entries are past their time.
struct RetentionPolicy: Sendable {
    /// Those of the configuration, then the one for all other streams.
    let rules: [LogStore.RetentionRule]
    /// The time that ages are counted from; before maintenance set it nothing is too old.
    var now: Nanoseconds?

    init(_ options: LogStore.Options) {
        rules =
            options.retentionRules
            + [LogStore.RetentionRule(matchers: [], age: options.retention, maximumBytes: options.maximumBytes)]
    }

    /// The place of the rule that counts for a stream.
    func rule(of labels: Labels) -> Int {
        rules.firstIndex { $0.matchers.allMatch(labels) } ?? rules.count - 1
    }

    /// Entries of streams under a rule that are before this are gone.
    func floor(_ rule: Int) -> Nanoseconds {
        guard let now, let age = rules[rule].age else { return .min }
        let (floor, overflow) = now.subtractingReportingOverflow(age)
        return overflow ? .min : floor
    }
}
