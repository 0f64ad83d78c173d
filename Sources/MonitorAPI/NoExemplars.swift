package import Telemetry

/// A source for stores that keep no exemplars.
package struct NoExemplars: ExemplarSource {
    package init() {}

    package func exemplars(
        matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) throws -> [SeriesExemplars] { [] }
}
