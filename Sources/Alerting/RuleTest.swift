import Telemetry

/// One test of rules: series to begin with, then what expressions and alerts must be at certain times.
struct RuleTest: Sendable {
    /// A series that is there without any rule.
    struct Series: Sendable {
        var labels: String
        var values: String
        var line: Int
    }

    /// What an expression must yield.
    struct Query: Sendable {
        var expression: String
        /// From the start of the test.
        var time: Milliseconds
        var samples: [Sample]
        var line: Int
    }

    /// An expected sample.
    struct Sample: Sendable {
        var labels: Labels
        var value: Double
        var histogram: NativeHistogram?
    }

    /// Which alerts of a name must fire.
    struct AlertCheck: Sendable {
        var name: String
        /// From the start of the test.
        var time: Milliseconds
        var alerts: [Firing]
        var line: Int
    }

    /// An expected alert.
    struct Firing: Sendable, Hashable {
        var labels: Labels
        var annotations: [String: String]
    }

    var name: String
    /// Time between the samples of the series.
    var interval: Milliseconds
    /// When the first evaluation and the first samples are.
    var start: Milliseconds
    var series: [Series]
    var queries: [Query]
    var alerts: [AlertCheck]
    var line: Int

    /// Time from the start after which nothing is looked at any more.
    var length: Milliseconds { max(queries.map(\.time).max() ?? 0, alerts.map(\.time).max() ?? 0) }
}

/// What became of one expectation of a rule test.
package struct RuleTestOutcome: Sendable, Equatable {
    /// How it went.
    package enum Verdict: Sendable, Equatable {
        case passed
        case failed(expected: String, got: String)
    }

    /// `FILE:LINE: what`.
    package let place: String
    /// How it went.
    package let verdict: Verdict
}
