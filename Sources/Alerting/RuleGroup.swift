package import Telemetry

/// Rules that are evaluated together, one after the other, as a Prometheus rule file has them.
package struct RuleGroup: Sendable, Equatable {
    package var name: String
    package var file: String
    /// Nil where the group takes the configuration's interval.
    package var interval: Milliseconds?
    package var rules: [Rule]
}

/// One rule: an alert, or a recorded series.
package struct Rule: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case alert
        case record
    }

    package var kind: Kind
    /// The alert's name, or the recorded series'.
    package var name: String
    package var expression: String
    /// How long the expression must be true before the alert fires.
    package var holdFor: Milliseconds
    /// How long the alert goes on after the expression has ceased to be true.
    package var keepFiringFor: Milliseconds
    package var labels: [String: Template]
    package var annotations: [String: Template]
    package var line: Int
}
