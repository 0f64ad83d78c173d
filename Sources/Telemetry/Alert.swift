/// Something worth acting on: one element of a rule's result, over its whole life.
package struct Alert: Sendable, Equatable, Codable {
    /// Where in its life an alert is.
    package enum State: String, Sendable, Codable {
        /// True, but not yet for as long as the rule's `for` wants.
        case pending
        case firing
        case resolved
    }

    /// The label that makes an alert an order to the planner: `scale`, `failover`, `ban`, `rebalance`.
    package static let actionLabel = "action"

    /// Identity: the rule's name (`alertname`) and labels, and those of the element.
    package var labels: Labels
    /// Text for people: `summary`, `description`.
    package var annotations: [String: String]
    package var state: State
    /// The value of the expression when it was last evaluated.
    package var value: Double
    /// When the expression became true.
    package var activeAt: Milliseconds
    /// When it began to fire, if it did.
    package var firedAt: Milliseconds?
    /// When it ceased to be true, if it did.
    package var resolvedAt: Milliseconds?

    package init(
        labels: Labels, annotations: [String: String] = [:], state: State, value: Double, activeAt: Milliseconds,
        firedAt: Milliseconds? = nil, resolvedAt: Milliseconds? = nil
    ) {
        self.labels = labels
        self.annotations = annotations
        self.state = state
        self.value = value
        self.activeAt = activeAt
        self.firedAt = firedAt
        self.resolvedAt = resolvedAt
    }

    package var name: String { labels["alertname"] ?? "" }
    package var action: String? { labels[Alert.actionLabel] }
    /// Stable over restarts.
    package var fingerprint: String { hexadecimal(labels.fingerprint) }
}

/// Sixteen lower-case hexadecimal digits.
package func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
