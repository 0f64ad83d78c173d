/// What one container of a role can serve, learned from what it has served, and what would stop it first.
package struct LearnedCapacity: Sendable, Equatable, Codable {
    /// A number that is known as well as this: in eight cases of ten it lies between `low` and `high`.
    package struct Estimate: Sendable, Equatable, Codable {
        package var median: Double
        package var low: Double
        package var high: Double

        package init(median: Double, low: Double, high: Double) {
            self.median = median
            self.low = low
            self.high = high
        }
    }

    /// What one resource lets a container serve.
    package struct Bound: Sendable, Equatable, Codable {
        /// `cpu`, `latency`, `memory` and so on.
        package var resource: String
        /// Requests a second and container.
        package var requestsPerSecond: Estimate
        /// What counts as its end: a share of the resource, or seconds.
        package var limit: Double
        /// Whether the bound lies beyond what has been seen.
        package var isExtrapolated: Bool

        package init(resource: String, requestsPerSecond: Estimate, limit: Double, isExtrapolated: Bool) {
            self.resource = resource
            self.requestsPerSecond = requestsPerSecond
            self.limit = limit
            self.isExtrapolated = isExtrapolated
        }
    }

    package var role: String
    package var madeAt: Milliseconds
    /// The tightest first: that one binds.
    package var bounds: [Bound]
    /// Requests a second and container just now, and the most that were seen.
    package var load: Double
    package var highestLoad: Double
    /// Containers that serve just now.
    package var containers: Double
    /// Steps that it rests on.
    package var steps: Int

    package init(
        role: String, madeAt: Milliseconds, bounds: [Bound], load: Double, highestLoad: Double, containers: Double, steps: Int
    ) {
        self.role = role
        self.madeAt = madeAt
        self.bounds = bounds
        self.load = load
        self.highestLoad = highestLoad
        self.containers = containers
        self.steps = steps
    }

    /// What stops it first.
    package var binding: Bound? { bounds.first }
}
