/// How long each part of the scenario takes, and how much load it offers.
package struct Pace: Sendable, Equatable {
    /// Utilisations are shares of what the first two containers can give.
    package var steadySeconds: Int
    package var rampSeconds: Int
    package var rampHoldSeconds: Int
    package var burstSeconds: Int
    package var attackSeconds: Int
    package var deathSeconds: Int
    package var isolationSeconds: Int
    package var rolloutSeconds: Int
    package var deliveryLines: Int
    /// Time over which these lines are given to rsyslog.
    package var deliverySeconds: Int
    /// How far ahead the monitor forecasts.
    package var leadSeconds: [Int]

    package static let steady = 0.35
    package static let rampTop = 1.3
    package static let burst = 1.4
    package static let death = 0.5
    package static let quiet = 0.25

    /// For continuous integration: about five minutes, most of them the two billed periods that are waited for.
    package static let fast = Pace(
        steadySeconds: 15, rampSeconds: 70, rampHoldSeconds: 10, burstSeconds: 30, attackSeconds: 15, deathSeconds: 12,
        isolationSeconds: 24, rolloutSeconds: 60,
        deliveryLines: 6000, deliverySeconds: 12, leadSeconds: [10, 20, 30, 45])
    /// For people: time to look at what happens.
    package static let calm = Pace(
        steadySeconds: 60, rampSeconds: 150, rampHoldSeconds: 30, burstSeconds: 60, attackSeconds: 30, deathSeconds: 20,
        isolationSeconds: 33, rolloutSeconds: 80,
        deliveryLines: 20_000, deliverySeconds: 30, leadSeconds: [15, 30, 60, 90])
}
