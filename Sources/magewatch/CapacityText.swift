import Foundation
import Telemetry

/// What a container can serve, in words.
enum CapacityText {
    static func lines(_ capacity: LearnedCapacity) -> [String] {
        guard let binding = capacity.binding else {
            return ["\(capacity.role): what a container can serve is not known yet, from \(capacity.steps) steps"]
        }
        let estimate = binding.requestsPerSecond
        let use = estimate.median > 0 ? capacity.load / estimate.median : 0
        var lines = [
            "a \(capacity.role) container serves \(number(estimate.median)) requests/s (\(number(estimate.low)) to "
                + "\(number(estimate.high)), eight times in ten), bound by \(binding.resource) at \(limit(binding))"
                + (binding.isExtrapolated ? "; \(number(capacity.highestLoad)) is the most seen so far" : ""),
            "  now \(number(capacity.load)) each on \(number(capacity.containers)), \(ForecastText.share(use)) of that",
        ]
        for bound in capacity.bounds.dropFirst() {
            lines.append(
                "  \(bound.resource) at \(limit(bound)): \(number(bound.requestsPerSecond.median)) ("
                    + "\(number(bound.requestsPerSecond.low)) to \(number(bound.requestsPerSecond.high)))")
        }
        return lines
    }

    private static func limit(_ bound: LearnedCapacity.Bound) -> String {
        bound.resource == "latency" ? String(format: "%.3g s for 19 of 20", bound.limit) : ForecastText.share(bound.limit)
    }

    /// Three digits.
    private static func number(_ value: Double) -> String { String(format: value >= 1000 ? "%.0f" : "%.3g", value) }
}
