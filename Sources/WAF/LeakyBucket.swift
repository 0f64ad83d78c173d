package import Telemetry

/// Counts events that drain at a steady rate: with capacity N, the N+1st event within the time it takes to drain overflows it.
///
/// Event time, not the clock: replaying a log gives the verdicts of living through it.
package struct LeakyBucket: Sendable, Equatable {
    /// How a bucket leaks.
    package struct Shape: Sendable, Equatable {
        /// Events that fit; one more overflows.
        package let capacity: Double
        /// Nanoseconds in which one event drains.
        package let leakInterval: Nanoseconds

        /// One event drains every `leakSeconds`.
        package init(capacity: Double, leakSeconds: Double) {
            self.capacity = capacity
            leakInterval = Nanoseconds(leakSeconds * 1e9)
        }
    }

    /// Events in it, as of the last one.
    package private(set) var level = 0.0
    private var lastEvent: Nanoseconds = 0

    /// An empty bucket.
    package init() {}

    /// Takes out what speaks for whoever fills it.
    package mutating func relieve(_ events: Double) { level = max(0, level - events) }

    /// Adds an event; true if the bucket overflows by it, which empties it.
    package mutating func add(at time: Nanoseconds, _ shape: Shape) -> Bool {
        // Events out of order neither leak nor turn time back.
        if time > lastEvent {
            level = max(0, level - (Double(time) - Double(lastEvent)) / Double(shape.leakInterval))
            lastEvent = time
        }
        level += 1
        guard level > shape.capacity else { return false }
        level = 0
        return true
    }
}
