/// What a role should have just now, and why.
package struct RoleSizing: Sendable, Equatable {
    /// Fewest containers to have, those under way included.
    package var launchContainers: Int
    /// Containers beyond this may go when the paid period of their server ends.
    package var keepContainers: Int
    /// What was asked for during the last tick, in containers' worth; nil where it was not measured.
    package var demandContainers: Double?
    /// Billed periods that one saturated minute less is worth just now.
    package var pricePeriods: Double
    /// How the role is sized, in words.
    package var sizing: String
    /// Too little has been seen to choose by; the most careful sizing is followed.
    package var isLearning: Bool

    package init(
        launchContainers: Int, keepContainers: Int, demandContainers: Double?, pricePeriods: Double, sizing: String,
        isLearning: Bool = false
    ) {
        self.launchContainers = launchContainers
        self.keepContainers = keepContainers
        self.demandContainers = demandContainers
        self.pricePeriods = pricePeriods
        self.sizing = sizing
        self.isLearning = isLearning
    }
}
